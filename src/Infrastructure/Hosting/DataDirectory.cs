namespace Gateway.Infrastructure.Hosting;

/// <summary>The folder that holds what must survive: the embedded database, the key ring and the spool. One process at a time.</summary>
internal sealed class DataDirectory(string path) : IDisposable
{
    private FileStream? _lock;

    public string Path { get; } = System.IO.Path.GetFullPath(path);

    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Creates the directory where it is missing, and holds it until the process ends.</summary>
    /// <exception cref="StartupException">Another process holds it, or it cannot be written.</exception>
    public void Lock()
    {
        try
        {
            Directory.CreateDirectory(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"Gateway:DataDirectory: '{Path}' cannot be created: {exception.Message}");
        }

        try
        {
            _lock = new FileStream(File("gateway.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            throw new StartupException($"Gateway:DataDirectory: '{Path}' is in use by another gateway process. Stop it, or give this one its own directory.");
        }
        catch (UnauthorizedAccessException)
        {
            throw new StartupException($"Gateway:DataDirectory: '{Path}' cannot be written by this user.");
        }
    }

    public void Dispose() => _lock?.Dispose();
}
