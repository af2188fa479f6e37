using System.Security.Cryptography;
using System.Text;

namespace Simulator.Platforms;

/// <summary>One request of one account.</summary>
internal sealed record Exchange(ReceivedRequest Request, SimulatedAccount Account)
{
    private const string Base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    public long CreatedAt => Request.ReceivedAt.ToUnixTimeSeconds();

    /// <summary>An id of this exchange; the same account, request number and index give the same one.</summary>
    /// <param name="length">Characters behind the prefix, up to 32.</param>
    public string Id(string prefix, int length, int index = 0)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{Account.Credential}/{Request.Number}/{prefix}/{index}"));
        return prefix + string.Create(length, hash, static (id, bytes) =>
        {
            for (var i = 0; i < id.Length; i++)
            {
                id[i] = Base62[bytes[i] % Base62.Length];
            }
        });
    }
}
