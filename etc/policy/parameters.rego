# Secrets do not travel to dangerous tools with people who are no admins.
package sark.parameters

import data.sark.request
import data.sark_config.parameters as config

# Names for the reader: db.apiKey, list.0.token.
removed := sort([concat(".", path) | some path in paths])

filtered := json.remove(input.parameters, paths)

paths contains [segment(part) | some part in path] if {
	names := config[request.level]
	not exempt
	walk(input.parameters, [path, _])
	count(path) > 0
	names[plain(path[count(path) - 1])]

	# What lies in a removed object is gone with it.
	not covered(path, names)
}

covered(path, names) if {
	some part in array.slice(path, 0, count(path) - 1)
	names[plain(part)]
}

# apiKey, API-KEY and api_key are one name.
plain(name) := strings.replace_n({"_": "", "-": "", " ": "", ".": ""}, lower(name))

# json.remove takes the index of an array as a string.
segment(part) := part if {
	is_string(part)
} else := format_int(part, 10)

exempt if {
	request.is_admin(input.user)
	not input.user.on_behalf_of
}

exempt if {
	request.is_admin(input.user)
	request.is_admin(input.user.on_behalf_of)
}
