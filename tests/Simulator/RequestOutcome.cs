namespace Simulator;

/// <summary>How a request ended.</summary>
public enum RequestOutcome
{
    InProgress,

    /// <summary>The whole answer was handed to the network; an error answer counts too.</summary>
    Finished,

    /// <summary>The client left before its answer was whole.</summary>
    ClientAborted,

    /// <summary>The script reset the connection.</summary>
    Cut,

    /// <summary>The simulator was stopped.</summary>
    Stopped,

    /// <summary>The simulator could not answer; the body of its status 500 says why.</summary>
    Failed,
}
