# Where the request comes from. The address is the server's word, in
# input.request; an address in the context is a claim and never read.
package sark.network

import data.sark.request
import data.sark_config.network as config

deny := "the client address is not known" if {
	not address
} else := "the client address is blocked" if {
	some range in config.block
	net.cidr_contains(range, address)
} else := "the client address is not in the allowed ranges" if {
	count(config.allow) > 0
	not allowed
} else := "critical needs a private or listed client address" if {
	request.level == "critical"
	not private
	not allowed
}

allowed if listed(config.allow)

private if listed(config.private)

listed(ranges) if {
	some range in ranges
	net.cidr_contains(range, address)
}

# ::ffff:10.0.0.1 is 10.0.0.1 to every list. A range is no address.
address := ip if {
	given := lower(input.request.client_ip)
	not contains(given, "/")
	ip := trim_prefix(given, "::ffff:")
	net.cidr_contains(everywhere(ip), ip)
	not mapped(ip)
}

# Mapped in any other spelling it would be beside every IPv4 list.
mapped(ip) if {
	contains(ip, ":")
	net.cidr_contains("::ffff:0:0/96", ip)
}

everywhere(ip) := "::/0" if {
	contains(ip, ":")
} else := "0.0.0.0/0"
