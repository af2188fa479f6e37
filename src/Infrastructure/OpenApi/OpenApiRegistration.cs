using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Gateway.Infrastructure.Json;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Scalar.AspNetCore;

namespace Gateway.Infrastructure.OpenApi;

internal static class OpenApiRegistration
{
    private const string BearerScheme = "bearer";
    private const string ApiKeyScheme = "api_key";

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
                [ApiKeyScheme] = new OpenApiSecurityScheme
                {
                    Type = SecuritySchemeType.ApiKey,
                    In = ParameterLocation.Header,
                    Name = "x-api-key",
                    Description = "Proxy: an API key, where clients send it in this header.",
                },
            };
            document.Security = [Requirement(BearerScheme, document)];
            return Task.CompletedTask;
        });
        options.AddSchemaTransformer(DescribeConverted);
        options.AddSchemaTransformer(UnwrapOptionalAsync);
        options.AddOperationTransformer(DescribeQueryAsync);
        options.AddOperationTransformer(DescribeAccess);
        options.AddOperationTransformer(DescribeBodies);
        options.AddOperationTransformer(DescribeRefusals);
    });

    public static void MapGatewayOpenApi(this WebApplication app)
    {
        app.MapOpenApi().AllowAnonymous();
        app.MapScalarApiReference("/docs", options => options.WithTitle("Gateway").WithOpenApiRoutePattern("/openapi/v1.json").DisableDefaultFonts())
            .AllowAnonymous();
    }

    private static OpenApiSecurityRequirement Requirement(string scheme, OpenApiDocument? document) =>
        new() { [new OpenApiSecuritySchemeReference(scheme, document)] = [] };

    /// <summary>What a converter of our own writes is a blank to the framework.</summary>
    private static Task DescribeConverted(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var type = context.JsonTypeInfo.Type;
        var inner = Nullable.GetUnderlyingType(type) ?? type;
        if (inner == typeof(DateTime) || inner.IsEnum)
        {
            schema.Type = inner == type ? JsonSchemaType.String : JsonSchemaType.String | JsonSchemaType.Null;
            schema.Format = inner.IsEnum ? null : "date-time";
            schema.Enum = inner.IsEnum ? [.. Enum.GetNames(inner).Select(name => JsonValue.Create(JsonNamingPolicy.SnakeCaseLower.ConvertName(name)))] : schema.Enum;
        }
        else if (inner == typeof(decimal))
        {
            schema.Format = "decimal"; // Never binary floating point.
        }
        else if (type == typeof(Nothing))
        {
            schema.Type = JsonSchemaType.Null;
        }

        return Task.CompletedTask;
    }

    private static Task DescribeAccess(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        if (metadata.OfType<ProxyRoute>().Any())
        {
            operation.Security = [Requirement(BearerScheme, context.Document), Requirement(ApiKeyScheme, context.Document)];
        }
        else if (metadata.OfType<IAllowAnonymous>().Any())
        {
            operation.Security = [];
        }

        return Task.CompletedTask;
    }

    /// <summary>Each reply type lists every refusal there is: here those go that cannot happen, and those come that happen before the endpoint.</summary>
    private static Task DescribeRefusals(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        if (operation.Responses?.GetValueOrDefault("400") is not { } refusal)
        {
            return Task.CompletedTask;
        }

        var path = context.Description.RelativePath ?? "";
        if (context.Description.HttpMethod == HttpMethods.Get)
        {
            operation.Responses.Remove("409");
        }
        else if (operation.RequestBody is not null)
        {
            operation.Responses["413"] = refusal;
            operation.Responses["415"] = refusal;
        }

        if (!path.StartsWith("api/auth/", StringComparison.Ordinal))
        {
            operation.Responses.Remove("429");
        }

        return Task.CompletedTask;
    }

    /// <summary>Bodies that no type of the program describes: those of the clients' own formats, and files.</summary>
    private static Task DescribeBodies(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var ok = (operation.Responses ??= []).TryGetValue("200", out var found) ? found.Content : null;
        foreach (var file in metadata.OfType<ProducesFile>())
        {
            ok?.TryAdd(file.ContentType, new OpenApiMediaType { Schema = new OpenApiSchema { Type = JsonSchemaType.String } });
        }

        if (metadata.OfType<ProxyRoute>().Any())
        {
            var replies = new Dictionary<string, OpenApiMediaType> { ["application/json"] = AnyObject() };
            if (context.Description.HttpMethod == HttpMethods.Post)
            {
                operation.RequestBody = new OpenApiRequestBody
                {
                    Required = true,
                    Content = new Dictionary<string, OpenApiMediaType> { ["application/json"] = AnyObject() },
                };
                replies["text/event-stream"] = new OpenApiMediaType { Schema = new OpenApiSchema { Type = JsonSchemaType.String } };
            }

            operation.Responses["200"] = new OpenApiResponse { Description = "As the format's owner documents it.", Content = replies };
            operation.Responses["default"] = new OpenApiResponse
            {
                Description = "A failure, as the format's owner documents it.",
                Content = new Dictionary<string, OpenApiMediaType> { ["application/json"] = AnyObject() },
            };
        }

        return Task.CompletedTask;

        static OpenApiMediaType AnyObject() => new() { Schema = new OpenApiSchema { Type = JsonSchemaType.Object } };
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
