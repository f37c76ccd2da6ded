package sark.network_test

import data.sark.example

from(ip) := {"request": {"client_ip": ip}}

critical_from(ip) := {"user": example.admin, "tool": {"sensitivity": "critical"}, "request": {"client_ip": ip}}

test_shipped_lists if {
	every ip in ["198.51.100.1", "10.0.0.1", "2001:db8::1", "::1", "::ffff:198.51.100.1"] {
		example.allowed(from(ip))
	}
	every ip in ["0.1.2.3", "224.0.0.1", "255.255.255.255", "::", "100::1", "FF02::1", "::ffff:255.0.0.1", "::FFFF:e000:1"] {
		example.denied_by("network", from(ip))
	}
}

test_no_address if {
	every ip in ["", "localhost", "10.0.0", "10.0.0.256", "10.0.0.1/8", "::1/128", ":::", "10.0.0.1 ", "::ffff:", "[::1]", "0:0:0:0:0:ffff:f000:1", "0:0:0:0:0:ffff:10.0.0.1", 7, null, ["10.0.0.1"]] {
		example.denied_by("network", from(ip))
	}
	example.ask({"request": {"client_ip": null}}).reason == "the client address is not known"
}

test_allow_list if {
	example.allowed(from("203.0.113.9")) with data.sark_config.network.allow as ["203.0.113.0/24", "2001:db8::/32"]
	example.allowed(from("2001:db8::9")) with data.sark_config.network.allow as ["203.0.113.0/24", "2001:db8::/32"]
	example.denied_by("network", from("198.51.100.1")) with data.sark_config.network.allow as ["203.0.113.0/24"]
	example.denied_by("network", from("10.0.0.1")) with data.sark_config.network.allow as ["203.0.113.0/24"]
}

test_block_beats_allow if {
	example.denied_by("network", from("203.0.113.9")) with data.sark_config.network.allow as ["203.0.113.0/24"]
		with data.sark_config.network.block as ["203.0.113.9/32"]
	example.allowed(from("203.0.113.8")) with data.sark_config.network.allow as ["203.0.113.0/24"]
		with data.sark_config.network.block as ["203.0.113.9/32"]
	example.denied_by("network", from("2001:db8::9")) with data.sark_config.network.block as ["2001:db8::/32"]
}

test_critical if {
	every ip in ["10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.0.1", "127.0.0.1", "fd00::1", "::1", "::ffff:10.0.0.1"] {
		example.allowed(critical_from(ip))
	}
	every ip in ["11.0.0.1", "172.32.0.1", "192.169.0.1", "2001:db8::1", "fe00::1"] {
		example.denied_by("network", critical_from(ip))
	}
	example.allowed(critical_from("203.0.113.9")) with data.sark_config.network.allow as ["203.0.113.0/24"]
}

test_no_lists_no_critical if {
	example.denied_by("network", critical_from("10.0.0.1")) with data.sark_config.network as {"block": [], "allow": []}
}
