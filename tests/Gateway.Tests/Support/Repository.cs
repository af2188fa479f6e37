namespace Gateway.Tests.Support;

/// <summary>The checkout that the tests were built from.</summary>
internal static class Repository
{
    // What a build reads: the files at the root, and these folders without what earlier builds left there.
    private static readonly string[] SourceFolders = ["src", "tests"];
    private static readonly string[] BuildFolders = ["bin", "obj", "node_modules"];

    public static string Root { get; } = Find();

    /// <summary>Copies what a build of the program and its tests reads.</summary>
    public static void CopySourcesTo(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(Root))
        {
            // In a worktree this is a file, and what it points at is no business of a copy.
            if (Path.GetFileName(file) != ".git")
            {
                File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
            }
        }

        foreach (var name in SourceFolders)
        {
            Copy(new DirectoryInfo(Path.Combine(Root, name)), Path.Combine(folder, name));
        }
    }

    private static void Copy(DirectoryInfo source, string target)
    {
        Directory.CreateDirectory(target);
        foreach (var file in source.EnumerateFiles())
        {
            file.CopyTo(Path.Combine(target, file.Name));
        }

        foreach (var folder in source.EnumerateDirectories().Where(folder => !BuildFolders.Contains(folder.Name)))
        {
            Copy(folder, Path.Combine(target, folder.Name));
        }
    }

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Gateway.slnx")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("The tests do not run from a checkout.");
    }
}
