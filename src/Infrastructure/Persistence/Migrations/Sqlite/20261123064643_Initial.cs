using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

#pragma warning disable CA1814 // Prefer jagged arrays over multidimensional

namespace Gateway.Infrastructure.Persistence.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "account_cooldowns",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    account_id = table.Column<long>(type: "INTEGER", nullable: false),
                    model_family = table.Column<string>(type: "TEXT", maxLength: 100, nullable: false),
                    reason = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    evidence = table.Column<string>(type: "TEXT", maxLength: 500, nullable: true),
                    until = table.Column<DateTime>(type: "TEXT", precision: 6, nullable: false),
                    created_at = table.Column<DateTime>(type: "TEXT", precision: 6, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_account_cooldowns", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "accounts",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    name = table.Column<string>(type: "TEXT", maxLength: 100, nullable: false),
                    live_name = table.Column<string>(type: "TEXT", maxLength: 100, nullable: true),
                    platform = table.Column<string>(type: "TEXT", maxLength: 16, nullable: false),
                    base_url = table.Column<string>(type: "TEXT", maxLength: 500, nullable: true),
                    credentials_encrypted = table.Column<string>(type: "TEXT", nullable: false),
                    credential_version = table.Column<int>(type: "INTEGER", nullable: false),
                    credentials_hint = table.Column<string>(type: "TEXT", maxLength: 100, nullable: false),
                    token_expires_at = table.Column<DateTime>(type: "TEXT", precision: 6, nullable: true),
                    priority = table.Column<int>(type: "INTEGER", nullable: false),
                    weight = table.Column<int>(type: "INTEGER", nullable: false),
                    max_concurrency = table.Column<int>(type: "INTEGER", nullable: true),
                    requests_per_minute = table.Column<int>(type: "INTEGER", nullable: true),
                    tokens_per_minute = table.Column<long>(type: "INTEGER", nullable: true),
                    daily_budget_nano_usd = table.Column<long>(type: "INTEGER", nullable: true),
                    models = table.Column<string>(type: "TEXT", nullable: false),
                    model_mapping = table.Column<string>(type: "TEXT", nullable: false),
                    group = table.Column<string>(type: "TEXT", maxLength: 64, nullable: true),
                    proxy_url_encrypted = table.Column<string>(type: "TEXT", nullable: true),
                    options = table.Column<string>(type: "TEXT", nullable: false),
                    enabled = table.Column<bool>(type: "INTEGER", nullable: false),
                    status_reason = table.Column<string>(type: "TEXT", maxLength: 200, nullable: true),
                    last_error = table.Column<string>(type: "TEXT", maxLength: 1000, nullable: true),
                    last_used_at = table.Column<DateTime>(type: "TEXT", precision: 6, nullable: true),
                    created_at = table.Column<DateTime>(type: "TEXT", precision: 6, nullable: false),
                    updated_at = table.Column<DateTime>(type: "TEXT", precision: 6, nullable: false),
                    deleted_at = table.Column<DateTime>(type: "TEXT", precision: 6, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_accounts", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "api_keys",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    user_id = table.Column<long>(type: "INTEGER", nullable: false),
                    name = table.Column<string>(type: "TEXT", maxLength: 100, nullable: false),
                    live_name = table.Column<string>(type: "TEXT", maxLength: 100, nullable: true),
                    secret_hash = table.Column<byte[]>(type: "binary(32)", maxLength: 32, nullable: false),
                    previous_secret_hash = table.Column<byte[]>(type: "binary(32)", maxLength: 32, nullable: true),
                    previous_secret_ends_at = table.Column<DateTime>(type: "TEXT", precision: 6, nullable: true),
                    hint = table.Column<string>(type: "TEXT", maxLength: 24, nullable: false),
                    enabled = table.Column<bool>(type: "INTEGER", nullable: false),
                    tags = table.Column<string>(type: "TEXT", nullable: false),
                    expires_at = table.Column<DateTime>(type: "TEXT", precision: 6, nullable: true),
                    billing_mode = table.Column<int>(type: "INTEGER", nullable: false),
                    quota_nano_usd = table.Column<long>(type: "INTEGER", nullable: true),
                    subscription = table.Column<string>(type: "TEXT", nullable: true),
                    rate_multiplier = table.Column<decimal>(type: "TEXT", precision: 7, scale: 4, nullable: false),
                    allowed_models = table.Column<string>(type: "TEXT", nullable: false),
                    allowed_platforms = table.Column<string>(type: "TEXT", nullable: false),
                    allowed_ips = table.Column<string>(type: "TEXT", nullable: false),
                    account_group = table.Column<string>(type: "TEXT", maxLength: 64, nullable: true),
                    max_concurrency = table.Column<int>(type: "INTEGER", nullable: true),
                    requests_per_minute = table.Column<int>(type: "INTEGER", nullable: true),
                    tokens_per_minute = table.Column<long>(type: "INTEGER", nullable: true),
                    limits = table.Column<string>(type: "TEXT", nullable: false),
                    options = table.Column<string>(type: "TEXT", nullable: false),
                    spent_nano_usd = table.Column<long>(type: "INTEGER", nullable: false),
                    last_used_at = table.Column<DateTime>(type: "TEXT", precision: 6, nullable: true),
                    created_at = table.Column<DateTime>(type: "TEXT", precision: 6, nullable: false),
                    updated_at = table.Column<DateTime>(type: "TEXT", precision: 6, nullable: false),
                    deleted_at = table.Column<DateTime>(type: "TEXT", precision: 6, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_api_keys", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "audit_logs",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    created_at = table.Column<DateTime>(type: "TEXT", precision: 6, nullable: false),
                    user_id = table.Column<long>(type: "INTEGER", nullable: true),
                    action = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    subject = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    before = table.Column<string>(type: "TEXT", nullable: true),
                    after = table.Column<string>(type: "TEXT", nullable: true),
                    client_ip = table.Column<string>(type: "TEXT", maxLength: 45, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_audit_logs", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "cache_versions",
                columns: table => new
                {
                    area = table.Column<string>(type: "TEXT", maxLength: 32, nullable: false),
                    version = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_cache_versions", x => x.area);
                });

            migrationBuilder.CreateTable(
                name: "daily_usages",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    period = table.Column<DateTime>(type: "TEXT", precision: 6, nullable: false),
                    api_key_id = table.Column<long>(type: "INTEGER", nullable: false),
                    account_id = table.Column<long>(type: "INTEGER", nullable: false),
                    model = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    requests = table.Column<long>(type: "INTEGER", nullable: false),
                    input_tokens = table.Column<long>(type: "INTEGER", nullable: false),
                    output_tokens = table.Column<long>(type: "INTEGER", nullable: false),
                    cache_read_tokens = table.Column<long>(type: "INTEGER", nullable: false),
                    cache_write_tokens = table.Column<long>(type: "INTEGER", nullable: false),
                    cost_nano_usd = table.Column<long>(type: "INTEGER", nullable: false),
                    billed_nano_usd = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_daily_usages", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "hourly_usages",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    period = table.Column<DateTime>(type: "TEXT", precision: 6, nullable: false),
                    api_key_id = table.Column<long>(type: "INTEGER", nullable: false),
                    account_id = table.Column<long>(type: "INTEGER", nullable: false),
                    model = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    requests = table.Column<long>(type: "INTEGER", nullable: false),
                    input_tokens = table.Column<long>(type: "INTEGER", nullable: false),
                    output_tokens = table.Column<long>(type: "INTEGER", nullable: false),
                    cache_read_tokens = table.Column<long>(type: "INTEGER", nullable: false),
                    cache_write_tokens = table.Column<long>(type: "INTEGER", nullable: false),
                    cost_nano_usd = table.Column<long>(type: "INTEGER", nullable: false),
                    billed_nano_usd = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_hourly_usages", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "model_aliases",
                columns: table => new
                {
                    alias = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    models = table.Column<string>(type: "TEXT", nullable: false),
                    updated_at = table.Column<DateTime>(type: "TEXT", precision: 6, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_model_aliases", x => x.alias);
                });

            migrationBuilder.CreateTable(
                name: "model_prices",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    platform = table.Column<string>(type: "TEXT", maxLength: 16, nullable: false),
                    model = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    effective_from = table.Column<DateTime>(type: "TEXT", precision: 6, nullable: false),
                    prices = table.Column<string>(type: "TEXT", nullable: true),
                    created_at = table.Column<DateTime>(type: "TEXT", precision: 6, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_model_prices", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "request_logs",
                columns: table => new
                {
                    request_id = table.Column<byte[]>(type: "binary(16)", maxLength: 16, nullable: false),
                    created_at = table.Column<DateTime>(type: "TEXT", precision: 6, nullable: false),
                    api_key_id = table.Column<long>(type: "INTEGER", nullable: false),
                    user_id = table.Column<long>(type: "INTEGER", nullable: false),
                    account_id = table.Column<long>(type: "INTEGER", nullable: true),
                    platform = table.Column<string>(type: "TEXT", maxLength: 16, nullable: true),
                    model = table.Column<string>(type: "TEXT", maxLength: 200, nullable: true),
                    upstream_model = table.Column<string>(type: "TEXT", maxLength: 200, nullable: true),
                    client_format = table.Column<string>(type: "TEXT", maxLength: 24, nullable: false),
                    endpoint = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    stream = table.Column<bool>(type: "INTEGER", nullable: false),
                    http_status = table.Column<int>(type: "INTEGER", nullable: false),
                    error_kind = table.Column<string>(type: "TEXT", maxLength: 32, nullable: true),
                    error_message = table.Column<string>(type: "TEXT", maxLength: 1000, nullable: true),
                    attempts = table.Column<int>(type: "INTEGER", nullable: false),
                    trace = table.Column<string>(type: "TEXT", nullable: true),
                    duration_ms = table.Column<long>(type: "INTEGER", nullable: false),
                    first_token_ms = table.Column<long>(type: "INTEGER", nullable: true),
                    client_ip = table.Column<string>(type: "TEXT", maxLength: 45, nullable: false),
                    user_agent = table.Column<string>(type: "TEXT", maxLength: 200, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_request_logs", x => x.request_id);
                });

            migrationBuilder.CreateTable(
                name: "response_bindings",
                columns: table => new
                {
                    user_id = table.Column<long>(type: "INTEGER", nullable: false),
                    response_id = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    account_id = table.Column<long>(type: "INTEGER", nullable: false),
                    expires_at = table.Column<DateTime>(type: "TEXT", precision: 6, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_response_bindings", x => new { x.user_id, x.response_id });
                });

            migrationBuilder.CreateTable(
                name: "revoked_tokens",
                columns: table => new
                {
                    jti = table.Column<string>(type: "TEXT", maxLength: 36, nullable: false),
                    expires_at = table.Column<DateTime>(type: "TEXT", precision: 6, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_revoked_tokens", x => x.jti);
                });

            migrationBuilder.CreateTable(
                name: "secret_keys",
                columns: table => new
                {
                    id = table.Column<string>(type: "TEXT", maxLength: 32, nullable: false),
                    purpose = table.Column<string>(type: "TEXT", maxLength: 32, nullable: false),
                    material = table.Column<string>(type: "TEXT", maxLength: 500, nullable: false),
                    created_at = table.Column<DateTime>(type: "TEXT", precision: 6, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_secret_keys", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "system_configs",
                columns: table => new
                {
                    key = table.Column<string>(type: "TEXT", maxLength: 100, nullable: false),
                    value = table.Column<string>(type: "TEXT", nullable: false),
                    type = table.Column<string>(type: "TEXT", maxLength: 16, nullable: false),
                    description = table.Column<string>(type: "TEXT", maxLength: 500, nullable: false),
                    version = table.Column<int>(type: "INTEGER", nullable: false),
                    updated_at = table.Column<DateTime>(type: "TEXT", precision: 6, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_system_configs", x => x.key);
                });

            migrationBuilder.CreateTable(
                name: "usage_adjustments",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    request_id = table.Column<byte[]>(type: "binary(16)", maxLength: 16, nullable: false),
                    price_version = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    delta_cost_nano_usd = table.Column<long>(type: "INTEGER", nullable: false),
                    delta_billed_nano_usd = table.Column<long>(type: "INTEGER", nullable: false),
                    reason = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    created_at = table.Column<DateTime>(type: "TEXT", precision: 6, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_usage_adjustments", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "usage_records",
                columns: table => new
                {
                    request_id = table.Column<byte[]>(type: "binary(16)", maxLength: 16, nullable: false),
                    batch_id = table.Column<byte[]>(type: "binary(16)", maxLength: 16, nullable: false),
                    created_at = table.Column<DateTime>(type: "TEXT", precision: 6, nullable: false),
                    api_key_id = table.Column<long>(type: "INTEGER", nullable: false),
                    user_id = table.Column<long>(type: "INTEGER", nullable: false),
                    account_id = table.Column<long>(type: "INTEGER", nullable: false),
                    platform = table.Column<string>(type: "TEXT", maxLength: 16, nullable: false),
                    model = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    upstream_model = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    client_format = table.Column<string>(type: "TEXT", maxLength: 24, nullable: false),
                    endpoint = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    stream = table.Column<bool>(type: "INTEGER", nullable: false),
                    input_tokens = table.Column<long>(type: "INTEGER", nullable: false),
                    output_tokens = table.Column<long>(type: "INTEGER", nullable: false),
                    reasoning_tokens = table.Column<long>(type: "INTEGER", nullable: false),
                    cache_read_tokens = table.Column<long>(type: "INTEGER", nullable: false),
                    cache_write_tokens = table.Column<long>(type: "INTEGER", nullable: false),
                    cache_write_1h_tokens = table.Column<long>(type: "INTEGER", nullable: false),
                    service_tier = table.Column<string>(type: "TEXT", maxLength: 32, nullable: true),
                    cost_nano_usd = table.Column<long>(type: "INTEGER", nullable: false),
                    rate_multiplier = table.Column<decimal>(type: "TEXT", precision: 7, scale: 4, nullable: false),
                    billed_nano_usd = table.Column<long>(type: "INTEGER", nullable: false),
                    price_version = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    usage_source = table.Column<string>(type: "TEXT", maxLength: 16, nullable: false),
                    attempts = table.Column<int>(type: "INTEGER", nullable: false),
                    duration_ms = table.Column<long>(type: "INTEGER", nullable: false),
                    first_token_ms = table.Column<long>(type: "INTEGER", nullable: true),
                    status = table.Column<string>(type: "TEXT", maxLength: 16, nullable: false),
                    upstream_request_id = table.Column<string>(type: "TEXT", maxLength: 200, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_usage_records", x => x.request_id);
                });

            migrationBuilder.CreateTable(
                name: "users",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    username = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    live_username = table.Column<string>(type: "TEXT", maxLength: 64, nullable: true),
                    password_hash = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    email = table.Column<string>(type: "TEXT", maxLength: 254, nullable: true),
                    role = table.Column<int>(type: "INTEGER", nullable: false),
                    enabled = table.Column<bool>(type: "INTEGER", nullable: false),
                    security_version = table.Column<int>(type: "INTEGER", nullable: false),
                    key_defaults = table.Column<string>(type: "TEXT", nullable: false),
                    last_login_at = table.Column<DateTime>(type: "TEXT", precision: 6, nullable: true),
                    created_at = table.Column<DateTime>(type: "TEXT", precision: 6, nullable: false),
                    updated_at = table.Column<DateTime>(type: "TEXT", precision: 6, nullable: false),
                    deleted_at = table.Column<DateTime>(type: "TEXT", precision: 6, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_users", x => x.id);
                });

            migrationBuilder.InsertData(
                table: "cache_versions",
                columns: new[] { "area", "version" },
                values: new object[,]
                {
                    { "accounts", 0L },
                    { "api_keys", 0L },
                    { "configs", 0L },
                    { "model_aliases", 0L },
                    { "prices", 0L },
                    { "secret_keys", 0L }
                });

            migrationBuilder.CreateIndex(
                name: "ix_account_cooldowns_account_id_model_family",
                table: "account_cooldowns",
                columns: new[] { "account_id", "model_family" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_accounts_live_name",
                table: "accounts",
                column: "live_name",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_api_keys_secret_hash",
                table: "api_keys",
                column: "secret_hash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_api_keys_user_id_live_name",
                table: "api_keys",
                columns: new[] { "user_id", "live_name" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_audit_logs_created_at",
                table: "audit_logs",
                column: "created_at");

            migrationBuilder.CreateIndex(
                name: "ix_daily_usages_api_key_id_period",
                table: "daily_usages",
                columns: new[] { "api_key_id", "period" });

            migrationBuilder.CreateIndex(
                name: "ix_daily_usages_period_api_key_id_account_id_model",
                table: "daily_usages",
                columns: new[] { "period", "api_key_id", "account_id", "model" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_hourly_usages_api_key_id_period",
                table: "hourly_usages",
                columns: new[] { "api_key_id", "period" });

            migrationBuilder.CreateIndex(
                name: "ix_hourly_usages_period_api_key_id_account_id_model",
                table: "hourly_usages",
                columns: new[] { "period", "api_key_id", "account_id", "model" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_model_prices_platform_model_effective_from",
                table: "model_prices",
                columns: new[] { "platform", "model", "effective_from" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_request_logs_api_key_id_request_id",
                table: "request_logs",
                columns: new[] { "api_key_id", "request_id" });

            migrationBuilder.CreateIndex(
                name: "ix_request_logs_user_id_request_id",
                table: "request_logs",
                columns: new[] { "user_id", "request_id" });

            migrationBuilder.CreateIndex(
                name: "ix_response_bindings_expires_at",
                table: "response_bindings",
                column: "expires_at");

            migrationBuilder.CreateIndex(
                name: "ix_revoked_tokens_expires_at",
                table: "revoked_tokens",
                column: "expires_at");

            migrationBuilder.CreateIndex(
                name: "ix_usage_adjustments_request_id",
                table: "usage_adjustments",
                column: "request_id");

            migrationBuilder.CreateIndex(
                name: "ix_usage_records_account_id_request_id",
                table: "usage_records",
                columns: new[] { "account_id", "request_id" });

            migrationBuilder.CreateIndex(
                name: "ix_usage_records_api_key_id_request_id",
                table: "usage_records",
                columns: new[] { "api_key_id", "request_id" });

            migrationBuilder.CreateIndex(
                name: "ix_usage_records_batch_id",
                table: "usage_records",
                column: "batch_id");

            migrationBuilder.CreateIndex(
                name: "ix_usage_records_user_id_request_id",
                table: "usage_records",
                columns: new[] { "user_id", "request_id" });

            migrationBuilder.CreateIndex(
                name: "ix_users_live_username",
                table: "users",
                column: "live_username",
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "account_cooldowns");

            migrationBuilder.DropTable(
                name: "accounts");

            migrationBuilder.DropTable(
                name: "api_keys");

            migrationBuilder.DropTable(
                name: "audit_logs");

            migrationBuilder.DropTable(
                name: "cache_versions");

            migrationBuilder.DropTable(
                name: "daily_usages");

            migrationBuilder.DropTable(
                name: "hourly_usages");

            migrationBuilder.DropTable(
                name: "model_aliases");

            migrationBuilder.DropTable(
                name: "model_prices");

            migrationBuilder.DropTable(
                name: "request_logs");

            migrationBuilder.DropTable(
                name: "response_bindings");

            migrationBuilder.DropTable(
                name: "revoked_tokens");

            migrationBuilder.DropTable(
                name: "secret_keys");

            migrationBuilder.DropTable(
                name: "system_configs");

            migrationBuilder.DropTable(
                name: "usage_adjustments");

            migrationBuilder.DropTable(
                name: "usage_records");

            migrationBuilder.DropTable(
                name: "users");
        }
    }
}
