using System.Management.Automation.Host;

namespace Spiffe.Shell;

/// <summary>The console's size, which the formatter asks for; nothing here reads or moves what is on the screen.</summary>
internal sealed class ShellRawUserInterface : PSHostRawUserInterface
{
    private const int WidthOfAFile = 120;

    public override ConsoleColor BackgroundColor { get; set; } = ConsoleColor.Black;

    public override ConsoleColor ForegroundColor { get; set; } = ConsoleColor.Gray;

    public override Size BufferSize
    {
        get => new(Console.IsOutputRedirected ? WidthOfAFile : Math.Max(Console.WindowWidth, 40), 300);
        set => throw new PSNotSupportedInShellException("a console buffer of settable size");
    }

    public override Coordinates CursorPosition { get; set; }

    public override int CursorSize { get; set; } = 25;

    public override bool KeyAvailable => false;

    public override Size MaxPhysicalWindowSize => BufferSize;

    public override Size MaxWindowSize => BufferSize;

    public override Coordinates WindowPosition { get; set; }

    public override Size WindowSize
    {
        get => BufferSize;
        set => throw new PSNotSupportedInShellException("a window of settable size");
    }

    public override string WindowTitle { get; set; } = "Spiffe.Shell";

    public override void FlushInputBuffer()
    {
    }

    public override BufferCell[,] GetBufferContents(Rectangle rectangle) =>
        throw new PSNotSupportedInShellException("a readable console buffer");

    public override KeyInfo ReadKey(ReadKeyOptions options) => throw new PSNotSupportedInShellException("single key input");

    public override void ScrollBufferContents(Rectangle source, Coordinates destination, Rectangle clip, BufferCell fill) =>
        throw new PSNotSupportedInShellException("a console buffer that scrolls");

    public override void SetBufferContents(Coordinates origin, BufferCell[,] contents) =>
        throw new PSNotSupportedInShellException("a writable console buffer");

    public override void SetBufferContents(Rectangle rectangle, BufferCell fill) =>
        throw new PSNotSupportedInShellException("a writable console buffer");
}
