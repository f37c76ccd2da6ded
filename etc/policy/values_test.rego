package sark.values_test

import data.sark.values

with_values(change) := object.union(data.sark_config, change)

without(area, name) := object.union(
	object.remove(data.sark_config, [area]),
	{area: object.remove(data.sark_config[area], [name])},
)

refused(config, text) if {
	reason := values.wrong with data.sark_config as config
	contains(reason, text)
}

test_shipped_values if not values.wrong

test_the_empty_input_asks if {
	answer := data.sark.decision with input as {} with data.sark_config as without("network", "block")
	answer.rule == "values"
	answer.allow == false
	contains(answer.reason, "network.block is missing")
}

test_no_other_input_asks if {
	answer := data.sark.decision with input as {"action": "tool:invoke"} with data.sark_config as without("guard", "patterns")
	answer.rule == "default"
}

test_names if {
	refused(object.remove(data.sark_config, ["guard"]), "guard.patterns is missing")
	refused(with_values({"hour": {}}), "hour is not known")
	refused(with_values({"network": {"blok": []}}), "network.blok is not known")
	refused(with_values({"rbac": {"rights": {"viewer": {"*": {"upto": "low"}}}}}), "upto is no limit")
	refused(with_values({"rbac": {"rights": {"viewer": {"*": {"up_to": "hihg"}}}}}), "hihg is no level")
	refused(with_values({"hours": {"days": {"monday": true}}}), "monday is no day")
	refused(with_values({"guard": {"patterns": [{"name": "x", "contain": ["y"]}]}}), "contain is not known")
}

test_kinds if {
	refused(with_values({"network": {"block": "10.0.0.0/8"}}), "network.block is no list")
	refused(with_values({"parameters": {"high": ["password"]}}), "parameters.high is no object")
	refused(with_values({"network": []}), "network.block is missing")
}

test_ranges if {
	refused(with_values({"network": {"block": ["10.0.0.0/33"]}}), "10.0.0.0/33 is no range")
	refused(with_values({"network": {"allow": ["10.0.0.1"]}}), "10.0.0.1 is no range")
	refused(with_values({"network": {"block": [7]}}), "7 is no range")
}

test_times if {
	refused(with_values({"hours": {"from": "99:00"}}), "hours.from: 99:00 is no time")
	refused(with_values({"hours": {"to": 18}}), "hours.to: 18 is no time")
	refused(with_values({"hours": {"zone": "Europe/Belrin"}}), "Europe/Belrin is no time zone")
	refused(with_values({"hours": {"maintenance": [{"from": "2026-01-01", "to": "2026-01-02"}]}}), "no from before its to")
	not values.wrong with data.sark_config as with_values({"hours": {"from": "00:00", "to": "24:00"}})
}
