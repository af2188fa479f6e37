-- Renews reservations, and makes those again that Redis has lost. KEYS: reserved, leases. ARGV: lease, then by turns id and entry.
local now = milliseconds()
for i = 2, #ARGV, 2 do
  add(KEYS[1], KEYS[2], ARGV[i], ARGV[i + 1], now, tonumber(ARGV[1]))
end
return now
