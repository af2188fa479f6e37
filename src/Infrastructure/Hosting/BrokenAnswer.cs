namespace Gateway.Infrastructure.Hosting;

/// <summary>Ends an answer without its proper end, so that no client takes it for whole, after everything written has been sent.</summary>
/// <remarks>
/// Aborting the request would throw away what still waits to be sent. A server that meets an exception behind the first bytes sends what it has and then
/// closes: HTTP/1.1 without the last chunk, HTTP/2 with a reset.
/// </remarks>
internal static class BrokenAnswer
{
    private static readonly object ItemKey = new();

    public static void BreakAnswer(this HttpContext http) => http.Items[ItemKey] = true;

    /// <summary>Outermost of all: nobody else is to see the exception.</summary>
    public static void UseBrokenAnswers(this WebApplication app) => app.Use(async (http, next) =>
    {
        await next(http);
        if (http.Items.ContainsKey(ItemKey))
        {
            throw new BrokenAnswerException();
        }
    });
}

/// <summary>Tells the server to break a connection. Never logged: what led to it has been.</summary>
internal sealed class BrokenAnswerException() : Exception("The answer was broken off.");
