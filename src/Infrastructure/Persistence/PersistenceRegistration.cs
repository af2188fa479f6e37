using Gateway.Infrastructure.Caching;
using Gateway.Infrastructure.Hosting;
using Gateway.Infrastructure.Secrets;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using MySqlConnector;

namespace Gateway.Infrastructure.Persistence;

internal static class PersistenceRegistration
{
    /// <summary>Named instead of asked for, so that the gateway starts while the server is away. MariaDB 10.11 understands what this version gets.</summary>
    public static readonly MySqlServerVersion OldestMySql = new(new Version(8, 0, 21));

    /// <summary>Name of the embedded database in the data directory.</summary>
    public const string SqliteFile = "gateway.db";

    public static bool IsEmbedded(this IConfiguration configuration) => string.IsNullOrWhiteSpace(configuration.GetConnectionString("MySql"));

    public static IServiceCollection AddPersistence(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<CacheRefresher>();
        services.AddSingleton<CacheVersionInterceptor>();
        services.AddSingleton<DatabaseStart>();
        services.AddSingleton(provider => MasterKey.Read(provider.GetRequiredService<GatewayOptions>().MasterKeyFile));
        services.AddCachedArea<SecretRing>();
        services.AddSingleton<SecretBox>();
        services.AddSingleton<RingCheck>();
        if (configuration.IsEmbedded())
        {
            services.AddSingleton<ISecretStore, FileSecretStore>();
            services.AddDbContext<SqliteGatewayDbContext>((provider, options) => options
                .UseSqlite(SqliteConnectionString(provider.GetRequiredService<DataDirectory>()))
                .AddInterceptors(provider.GetRequiredService<CacheVersionInterceptor>()));
            services.AddScoped<GatewayDbContext>(provider => provider.GetRequiredService<SqliteGatewayDbContext>());
        }
        else
        {
            var connectionString = MySqlConnectionString(configuration.GetConnectionString("MySql")!);
            services.AddSingleton<ISecretStore, DatabaseSecretStore>();
            services.AddDbContext<MySqlGatewayDbContext>((provider, options) => options
                .UseMySql(connectionString, OldestMySql)
                .AddInterceptors(provider.GetRequiredService<CacheVersionInterceptor>()));
            services.AddScoped<GatewayDbContext>(provider => provider.GetRequiredService<MySqlGatewayDbContext>());
        }

        return services;
    }

    public static string SqliteConnectionString(DataDirectory data) => new SqliteConnectionStringBuilder
    {
        DataSource = data.File(SqliteFile),
        ForeignKeys = true,
        DefaultTimeout = 30,
    }.ToString();

    private static string MySqlConnectionString(string configured)
    {
        try
        {
            var builder = new MySqlConnectionStringBuilder(configured);
            return string.IsNullOrEmpty(builder.Database)
                ? throw new StartupException("ConnectionStrings:MySql must name a database: …;Database=gateway")
                : builder.ToString();
        }
        catch (ArgumentException exception)
        {
            throw new StartupException($"ConnectionStrings:MySql is not a MySQL connection string: {exception.Message}");
        }
    }
}
