-- One request for wrk, told by the file that BENCH_REQUEST names: method,
-- path, headers, a blank line, body.  "@N@" in the body becomes a number
-- that no other request has.
local file = assert(io.open(os.getenv("BENCH_REQUEST")))
local first = file:read("l")
local method, path = first:match("^(%S+) (%S+)$")
local headers, thread, count = {}, 0, 0
for line in file:lines() do
	if line == "" then break end
	local name, value = line:match("^([^:]+): (.*)$")
	headers[name] = value
end
local body = file:read("a")
file:close()
if body == "" then body = nil end
local numbered = body and body:find("@N@", 1, true)

function setup(t)
	t:set("id", thread)
	thread = thread + 1
end

local fixed
function init()
	fixed = wrk.format(method, path, headers, body)
	math.randomseed(os.time() * 16 + id)
	base = math.random(1, 2 ^ 40)
end

function request()
	if not numbered then return fixed end
	count = count + 1
	return wrk.format(method, path, headers,
	    (body:gsub("@N@", string.format("%d.%d.%d", base, id, count))))
end

function done(summary, latency)
	io.write(string.format("RESULT %d %d %d %d %d\n", summary.requests,
	    summary.duration, latency:percentile(50), latency:percentile(99),
	    summary.errors.status + summary.errors.connect +
	    summary.errors.read + summary.errors.write +
	    summary.errors.timeout))
end
