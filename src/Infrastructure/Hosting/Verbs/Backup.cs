using System.Formats.Tar;
using Gateway.Infrastructure.Persistence;
using Gateway.Infrastructure.Secrets;
using Microsoft.EntityFrameworkCore;

namespace Gateway.Infrastructure.Hosting.Verbs;

/// <summary>What an embedded gateway cannot do without, in one file that only its owner may read. The gateway may run meanwhile.</summary>
internal static class Backup
{
    public static readonly Verb Verb = new("admin backup FILE", "writes database and key ring of an embedded gateway to a new tar file", RunAsync);

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static async Task<int> RunAsync(IServiceProvider services, string[] values)
    {
        if (services.GetRequiredService<GatewayDbContext>() is MySqlGatewayDbContext)
        {
            throw new StartupException("The data is in MySQL: back it up with mysqldump --single-transaction (or mariadb-dump), and keep Gateway:MasterKeyFile apart.");
        }

        var file = Path.GetFullPath(values[0]);
        if (Path.Exists(file))
        {
            throw new StartupException($"'{file}' exists already, and is left as it is.");
        }

        if (!Directory.Exists(Path.GetDirectoryName(file)))
        {
            throw new StartupException($"'{file}' cannot be written: its folder does not exist.");
        }

        var db = await services.RequireDatabaseAsync();
        var data = services.GetRequiredService<DataDirectory>();
        var copy = data.File($"backup-{Guid.NewGuid():N}.db");
        var draft = file + ".partial";
        try
        {
            // A copy of one moment, also while the gateway writes (sqlite.org/lang_vacuum.html), however long it takes.
            db.Database.SetCommandTimeout(0);
            await db.Database.ExecuteSqlAsync($"VACUUM INTO {copy}");
            await WriteAsync(draft, [(PersistenceRegistration.SqliteFile, copy), (FileSecretStore.FileName, data.File(FileSecretStore.FileName))]);
            File.Move(draft, file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"'{file}' cannot be written: {exception.Message}");
        }
        finally
        {
            File.Delete(copy);
            File.Delete(draft);
        }

        await Console.Out.WriteLineAsync($"""
            Written to '{file}'. It holds every secret of this gateway: keep it where nobody else can read it.
            To restore: stop the gateway and unpack the file into an empty data directory.{Reminder(services)}
            """);
        return 0;
    }

    // The ring after the database: it only ever grows, so it has every key that the copy was sealed with.
    private static async Task WriteAsync(string draft, IReadOnlyList<(string Name, string Path)> files)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly };
        await using var stream = new FileStream(draft, options);
        await using (var tar = new TarWriter(stream, TarEntryFormat.Pax, leaveOpen: true))
        {
            foreach (var (name, path) in files)
            {
                await using var content = File.OpenRead(path);
                await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, name)
                {
                    Mode = OwnerOnly,
                    ModificationTime = File.GetLastWriteTimeUtc(path),
                    DataStream = content,
                });
            }
        }

        stream.Flush(flushToDisk: true);
    }

    private static string Reminder(IServiceProvider services) => services.GetRequiredService<MasterKey>().IsConfigured
        ? "\nGateway:MasterKeyFile is not in it: without that file the key ring cannot be read."
        : "";
}
