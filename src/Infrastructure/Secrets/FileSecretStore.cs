using System.Text.Json;
using Gateway.Infrastructure.Hosting;

namespace Gateway.Infrastructure.Secrets;

/// <summary>The ring of an embedded gateway: a file apart from the database that only its owner may read.</summary>
internal sealed class FileSecretStore(DataDirectory data, MasterKey master) : ISecretStore
{
    public const string FileName = "secrets.json";

    private string FilePath => data.File(FileName);

    public async Task<IReadOnlyList<RingKey>> ReadAsync(CancellationToken cancellationToken)
    {
        if (!File.Exists(FilePath))
        {
            return [];
        }

        List<StoredKey>? stored;
        try
        {
            stored = JsonSerializer.Deserialize<List<StoredKey>>(await File.ReadAllTextAsync(FilePath, cancellationToken));
        }
        catch (JsonException)
        {
            throw new StartupException($"'{FilePath}' is damaged. Restore it from a backup: without it stored credentials cannot be read.");
        }

        return [.. (stored ?? []).Select(key => new RingKey(key.Id, key.Purpose, master.Unwrap(key.Id, key.Material), key.CreatedAtUtc))];
    }

    public async Task AddAsync(IReadOnlyList<RingKey> keys, CancellationToken cancellationToken)
    {
        var present = await ReadAsync(cancellationToken);
        var all = present.Concat(keys.Where(key => present.All(other => other.Id != key.Id)))
            .Select(key => new StoredKey(key.Id, key.Purpose, master.Wrap(key.Id, key.Material), key.CreatedAtUtc));

        // Written beside and renamed: a crash leaves the old ring or the new one, never half of one.
        var draft = FilePath + ".new";
        var options = new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        await using (var file = new FileStream(draft, options))
        {
            await JsonSerializer.SerializeAsync(file, all, cancellationToken: cancellationToken);
            file.Flush(flushToDisk: true);
        }

        File.Move(draft, FilePath, overwrite: true);
    }

    private sealed record StoredKey(string Id, string Purpose, string Material, DateTime CreatedAtUtc);
}
