-- Takes a slot, or a place in the queue for one. KEYS: slots, queue, seen. ARGV: id, most slots, lease, longest queue, silence after which one that waits is given up.
-- Returns what take() does.
return take(KEYS[1], KEYS[2], KEYS[3], ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5]))
