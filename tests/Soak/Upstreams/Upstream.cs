using Simulator;

namespace Soak.Upstreams;

/// <summary>An account as both sides know it, and when it was in trouble. Thread-safe.</summary>
internal sealed class Upstream(string platform, long accountId, SimulatedAccount account)
{
    /// <summary>Long enough that requests meet.</summary>
    private static readonly ScriptedAnswer Usual =
        ScriptedAnswer.Text("All ", "is ", "well ", "here.").DelayBeforeHeaders(TimeSpan.FromMilliseconds(80)).DelayBetweenEvents(TimeSpan.FromMilliseconds(10));

    private readonly List<(DateTime From, DateTime Until)> _faults = [];

    public string Platform => platform;

    public long AccountId => accountId;

    public SimulatedAccount Account => account;

    /// <summary>Does what it should.</summary>
    public void Behave() => account.Default = Usual;

    public void Begin(ScriptedAnswer answer)
    {
        lock (_faults)
        {
            _faults.Add((DateTime.UtcNow, DateTime.MaxValue));
        }

        account.Default = answer;
    }

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
