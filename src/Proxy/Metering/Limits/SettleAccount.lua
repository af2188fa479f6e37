-- Counts one request for the account that served it, and gives its reservation back. KEYS: counters, making, reserved, leases. ARGV: id, counters' seconds, signature of the account's limits, then what count() takes.
-- Returns 0 when counters are being made: try again.
if redis.call('EXISTS', KEYS[2]) == 1 then
  return 0
end
drop(KEYS[3], KEYS[4], ARGV[1])
count(KEYS[1], KEYS[2], ARGV[3], ARGV, 4, ARGV[2])
return 1
