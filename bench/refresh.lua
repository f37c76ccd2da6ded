-- Refreshes for wrk: each answer's token goes with a later request.  The file
-- that BENCH_REQUEST names has method, path and headers, a blank line, and the
-- first tokens, one a line; every thread takes its share of them.
local file = assert(io.open(os.getenv("BENCH_REQUEST")))
local method, path = file:read("l"):match("^(%S+) (%S+)$")
local headers, all, thread = {}, {}, 0
for line in file:lines() do
	if line == "" then break end
	local name, value = line:match("^([^:]+): (.*)$")
	headers[name] = value
end
for line in file:lines() do all[#all + 1] = line end
file:close()

function setup(t)
	t:set("id", thread)
	thread = thread + 1
end

local tokens = {}
function init()
	for i = 1 + id, #all, 2 do tokens[#tokens + 1] = all[i] end
end

function request()
	local token = table.remove(tokens) or "none is left"
	return wrk.format(method, path, headers,
	    '{"refresh_token":"' .. token .. '"}')
end

function response(status, _, body)
	local token = body:match('"refresh_token":"([^"]+)"')
	if token then tokens[#tokens + 1] = token end
end

function done(summary, latency)
	io.write(string.format("RESULT %d %d %d %d %d\n", summary.requests,
	    summary.duration, latency:percentile(50), latency:percentile(99),
	    summary.errors.status + summary.errors.connect +
	    summary.errors.read + summary.errors.write +
	    summary.errors.timeout))
end
