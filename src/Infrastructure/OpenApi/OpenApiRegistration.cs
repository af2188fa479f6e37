using System.Reflection;
using System.Text.Json.Serialization.Metadata;
using Gateway.Infrastructure.Json;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Scalar.AspNetCore;

namespace Gateway.Infrastructure.OpenApi;

internal static class OpenApiRegistration
{
    private const string BearerScheme = "bearer";

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
        options.AddOperationTransformer(DescribeQueryAsync);
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
                Describe(inner, schema.Properties[property.Name]);
                schema.Properties[property.Name] = IsNullableReference(property) ? OrNull(inner) : inner;
                schema.Required?.Remove(property.Name);
            }
        }
    }

    /// <summary>The framework gives query parameters that are members of a record no words: they are those of the record's schema.</summary>
    private static async Task DescribeQueryAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var method = context.Description.ActionDescriptor.EndpointMetadata.OfType<MethodInfo>().FirstOrDefault();
        var query = method?.GetParameters().FirstOrDefault(parameter => parameter.IsDefined(typeof(AsParametersAttribute)));
        if (query is null)
        {
            return;
        }

        var record = await context.GetOrCreateSchemaAsync(query.ParameterType, null, cancellationToken);
        foreach (var parameter in operation.Parameters?.OfType<OpenApiParameter>() ?? [])
        {
            if (parameter.Name is { } name && record.Properties?.TryGetValue(name, out var member) == true)
            {
                parameter.Description ??= member.Description;
            }
        }
    }

    // Where a schema is written as a reference, the framework keeps the member's own words in the metadata; it has no public names for these.
    private static void Describe(OpenApiSchema inner, IOpenApiSchema optional)
    {
        const string MemberDescription = "x-ref-description";
        if ((optional as OpenApiSchema)?.Metadata is { } metadata && metadata.TryGetValue(MemberDescription, out var text) && text is string description)
        {
            if (IsReference(inner))
            {
                inner.Metadata![MemberDescription] = description;
            }
            else
            {
                inner.Description = description;
            }
        }
    }

    private static bool IsReference(OpenApiSchema schema) =>
        schema.Metadata is { } metadata && metadata.TryGetValue("x-schema-id", out var id) && id is string { Length: > 0 };

    // A nullable struct is a type of its own, but string? is string to the serializer.
    private static bool IsNullableReference(JsonPropertyInfo property) => property.AttributeProvider is PropertyInfo info
        && new NullabilityInfoContext().Create(info).GenericTypeArguments[0].ReadState == NullabilityState.Nullable
        && !info.PropertyType.GetGenericArguments()[0].IsValueType;

    private static OpenApiSchema OrNull(OpenApiSchema schema)
    {
        if (IsReference(schema))
        {
            return new OpenApiSchema { OneOf = [new OpenApiSchema { Type = JsonSchemaType.Null }, schema] };
        }

        schema.Type |= JsonSchemaType.Null;
        return schema;
    }
}
