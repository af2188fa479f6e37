using Carter;
using Gateway.Infrastructure.Pipeline;
using MediatR;

namespace Gateway.Features.Usage.SummarizeUsage;

internal sealed class SummarizeUsageEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapGet("/api/admin/usage", Handle).WithName("SummarizeUsage").WithTags("Usage").RefuseUnknownQuery<SummarizeUsageRequest>();

    /// <inheritdoc cref="SummarizeUsageRequest" path="/summary"/>
    public static async Task<Reply<SummarizeUsageResponse>> Handle(
        [AsParameters] SummarizeUsageRequest request, IMediator mediator, CancellationToken cancellationToken) =>
        await mediator.Send(request, cancellationToken);
}
