using Simulator;

namespace Soak.Upstreams;

/// <summary>An account as both sides know it, and when it was in trouble. Thread-safe.</summary>
internal sealed class Upstream(string platform, long accountId, SimulatedAccount account)
{
    private readonly List<(DateTime From, DateTime Until)> _faults = [];

    public string Platform => platform;

    public long AccountId => accountId;

    public SimulatedAccount Account => account;

    public void Begin(ScriptedAnswer answer)
    {
        lock (_faults)
        {
            _faults.Add((DateTime.UtcNow, DateTime.MaxValue));
        }

        account.Default = answer;
    }

    public void End() => account.Default = null;

    /// <summary>From then on there is no excuse.</summary>
    public void Close(TimeSpan grace)
    {
        lock (_faults)
        {
            _faults[^1] = _faults[^1] with { Until = DateTime.UtcNow + grace };
        }
    }

    public bool IsHealthy(DateTime from, DateTime until)
    {
        lock (_faults)
        {
            return !_faults.Exists(fault => fault.From <= until && fault.Until >= from);
        }
    }
}
