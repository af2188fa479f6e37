using System.Globalization;
using System.Text.Json;
using Gateway.Infrastructure.Hosting;

namespace Gateway.Proxy.Tokens;

/// <summary>New tokens of one account on their way to the database.</summary>
/// <param name="AccountId">Identifier of the account.</param>
/// <param name="FromVersion">Version of the credentials that they replace.</param>
/// <param name="SeenUpdatedAtUtc">The account's last change by an operator, when the tokens were asked for.</param>
/// <param name="ExpiresAtUtc">When the access token ends.</param>
/// <param name="Envelope">The new credentials, sealed for the account's row.</param>
internal sealed record PendingPair(long AccountId, int FromVersion, DateTime SeenUpdatedAtUtc, DateTime ExpiresAtUtc, string Envelope);

/// <summary>
/// Keeps new tokens on the disk of this instance until the database has them: with a provider that gives a new refresh token each time, the old one is
/// worth nothing from the moment of its answer.
/// </summary>
internal sealed partial class PendingTokens(DataDirectory data, ILogger<PendingTokens> logger)
{
    private const string FileEnd = ".json";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private string Folder => data.File("tokens");

    /// <summary>Puts the pair on the disk, in place of an earlier one of its account. A disk that fails is logged: the database may still take the pair.</summary>
    public void Write(PendingPair pair)
    {
        try
        {
            Directory.CreateDirectory(Folder, OwnerOnly | UnixFileMode.UserExecute);

            // Written beside and renamed: a crash leaves a whole file or none.
            var path = PathOf(pair.AccountId);
            var draft = path + ".new";
            using (var file = new FileStream(draft, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = OwnerOnly }))
            {
                JsonSerializer.Serialize(file, pair);
                file.Flush(flushToDisk: true);
            }

            File.Move(draft, path, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Log.NotWritten(logger, exception, pair.AccountId);
        }
    }

    public void Remove(long accountId)
    {
        try
        {
            File.Delete(PathOf(accountId));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Log.NotRemoved(logger, exception, accountId);
        }
    }

    /// <summary>What an earlier process could not bring to the database.</summary>
    public IReadOnlyList<PendingPair> ReadAll()
    {
        var pairs = new List<PendingPair>();
        if (!Directory.Exists(Folder))
        {
            return pairs;
        }

        foreach (var path in Directory.EnumerateFiles(Folder, "*" + FileEnd).Order(StringComparer.Ordinal))
        {
            try
            {
                pairs.Add(JsonSerializer.Deserialize<PendingPair>(File.ReadAllBytes(path)) ?? throw new JsonException("There is nothing in it."));
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
            {
                Log.Unreadable(logger, exception, Path.GetFileName(path));
            }
        }

        return pairs;
    }

    private string PathOf(long accountId) => Path.Combine(Folder, accountId.ToString(CultureInfo.InvariantCulture) + FileEnd);

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "New tokens of account {AccountId} cannot be kept on disk: should the process end before the database has them, the account needs a new log-in")]
        public static partial void NotWritten(ILogger logger, Exception exception, long accountId);

        [LoggerMessage(LogLevel.Warning, "The file with tokens of account {AccountId}, which the database has, cannot be removed")]
        public static partial void NotRemoved(ILogger logger, Exception exception, long accountId);

        [LoggerMessage(LogLevel.Error, "{File} in the folder tokens of the data directory cannot be read")]
        public static partial void Unreadable(ILogger logger, Exception exception, string file);
    }
}
