using System.Reflection;
using Gateway.Infrastructure.Json;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Scalar.AspNetCore;

namespace Gateway.Infrastructure.OpenApi;

internal static class OpenApiRegistration
{
    private const string BearerScheme = "bearer";

    // Where the framework keeps what a member says of itself while its type's schema is to become a reference.
    private const string OwnDescription = "x-ref-description";

    /// <summary>The document at <c>/openapi/v1.json</c>, made from the endpoints and the doc comments of their messages.</summary>
    public static IServiceCollection AddGatewayOpenApi(this IServiceCollection services) => services.AddOpenApi("v1", options =>
    {
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "Gateway",
                Version = "v1",
                Description = "One address in front of many AI platforms. Management replies are wrapped in an envelope; proxied replies are exactly the client's own format.",
            };
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
            {
                [BearerScheme] = new OpenApiSecurityScheme
                {
                    Type = SecuritySchemeType.Http,
                    Scheme = "bearer",
                    Description = "Management: a log-in token from POST /api/auth/login. Proxy: an API key.",
                },
            };
            document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(BearerScheme, document)] = [] }];
            return Task.CompletedTask;
        });
        options.AddSchemaTransformer(UnwrapOptionalAsync);
    });

    public static void MapGatewayOpenApi(this WebApplication app)
    {
        app.MapOpenApi().AllowAnonymous();
        app.MapScalarApiReference("/docs", options => options.WithTitle("Gateway").WithOpenApiRoutePattern("/openapi/v1.json").DisableDefaultFonts())
            .AllowAnonymous();
    }

    /// <summary>An <see cref="Optional{T}"/> member is on the wire what its value is; that it may be absent is what 'not required' says.</summary>
    private static async Task UnwrapOptionalAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        if (schema.Properties is null)
        {
            return;
        }

        foreach (var property in context.JsonTypeInfo.Properties)
        {
            if (property.PropertyType is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(Optional<>))
            {
                var inner = await context.GetOrCreateSchemaAsync(type.GetGenericArguments()[0], null, cancellationToken);
                var outer = schema.Properties[property.Name] as OpenApiSchema;
                var own = outer?.Metadata?.TryGetValue(OwnDescription, out var kept) == true ? kept as string : null;
                if ((own ?? outer?.Description) is { } description)
                {
                    inner.Description = description;
                    inner.Metadata ??= new Dictionary<string, object>();
                    inner.Metadata[OwnDescription] = description;
                }

                if (property.AttributeProvider is PropertyInfo info
                    && new NullabilityInfoContext().Create(info).GenericTypeArguments[0].WriteState == NullabilityState.Nullable)
                {
                    inner.Type |= JsonSchemaType.Null;
                }

                schema.Properties[property.Name] = inner;
                schema.Required?.Remove(property.Name);
            }
        }
    }
}
