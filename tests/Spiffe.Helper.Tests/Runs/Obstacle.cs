namespace Spiffe.Tests.Runs;

/// <summary>Something in the place of the link to the generation that counts: nothing can be written until it is gone.</summary>
internal sealed class Obstacle : IDisposable
{
    private readonly string _link;
    private readonly string _target;
    private bool _isGone;

    private Obstacle(string link)
    {
        _link = link;
        _target = new FileInfo(link).LinkTarget!;
        File.Delete(link);
        Directory.CreateDirectory(link);
    }

    public static Obstacle In(string folder) => new(Path.Combine(folder, ".spiffe-helper"));

    public void Dispose()
    {
        if (!_isGone)
        {
            Directory.Delete(_link);
            File.CreateSymbolicLink(_link, _target);
            _isGone = true;
        }
    }
}
