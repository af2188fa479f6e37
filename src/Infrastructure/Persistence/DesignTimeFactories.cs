using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace Gateway.Infrastructure.Persistence;

/// <summary>Lets <c>dotnet ef</c> make migrations without a server or a running gateway.</summary>
internal sealed class SqliteDesignTimeFactory : IDesignTimeDbContextFactory<SqliteGatewayDbContext>
{
    public SqliteGatewayDbContext CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<SqliteGatewayDbContext>().UseSqlite("Data Source=:memory:").Options);
}

internal sealed class MySqlDesignTimeFactory : IDesignTimeDbContextFactory<MySqlGatewayDbContext>
{
    public MySqlGatewayDbContext CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<MySqlGatewayDbContext>().UseMySql("Server=none", PersistenceRegistration.OldestMySql).Options);
}
