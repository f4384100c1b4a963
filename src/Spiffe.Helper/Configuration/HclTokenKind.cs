namespace Spiffe.Helper;

internal enum HclTokenKind
{
    End,
    Identifier,
    String,
    Heredoc,
    Number,
    Float,
    Bool,
    Assign,
    LeftBrace,
    RightBrace,
    LeftBracket,
    RightBracket,
    Comma,
    Other,
}
