# A server that is quarantined, disabled or unhealthy: none of its tools.
package sark.status

import data.sark.request
import data.sark_config.status as config

deny := reason if {
	request.is("tool:invoke")
	reason := unusable
}

unusable := concat("", ["the server is ", request.server.status]) if {
	config.blocked[request.server.status]
} else := "the status of the server is not known" if {
	count(request.server) > 0
	not status_known
} else := "the server of the tool is not known" if {
	# A healthy server must not lend its name to the tool of another.
	id := request.tool.server_id
	not request.server.id == id
}

# Of its own: "not f(x)" is undefined, and no denial, where x is undefined.
status_known if is_string(request.server.status)
