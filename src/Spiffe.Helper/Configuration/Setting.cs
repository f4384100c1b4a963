namespace Spiffe.Helper;

/// <summary>The value of a key, and where it stands.</summary>
/// <typeparam name="T">What the key wants.</typeparam>
/// <param name="Value">The value.</param>
/// <param name="Position">Where it is; nowhere for what the file does not have.</param>
/// <param name="Text">As it is written; null where the file does not have it.</param>
internal readonly record struct Setting<T>(T Value, FilePosition Position = default, string? Text = null);
