package sark.hours_test

import data.sark.example
import data.sark.hours

critical(moment) := object.union(example.when(moment), {"user": example.admin, "tool": {"sensitivity": "critical"}})

high(moment) := object.union(example.when(moment), {"user": {"mfa": false}, "tool": {"sensitivity": "high"}})

test_week if {
	every day in ["2026-06-15", "2026-06-16", "2026-06-17", "2026-06-18", "2026-06-19"] {
		example.allowed(critical(concat("", [day, "T10:00:00Z"])))
	}
	every day in ["2026-06-13", "2026-06-14"] {
		example.denied_by("hours", critical(concat("", [day, "T10:00:00Z"])))
	}
}

test_edges if {
	example.denied_by("hours", critical("2026-06-15T06:59:59.999999999Z"))
	example.allowed(critical("2026-06-15T07:00:00Z"))
	example.allowed(critical("2026-06-15T15:59:59.999999999Z"))
	example.denied_by("hours", critical("2026-06-15T16:00:00Z"))
}

# Spring forward on 2026-03-29 at 02:00, back on 2026-10-25 at 03:00.
test_summer_time if {
	example.denied_by("hours", critical("2026-03-27T07:59:59Z"))
	example.allowed(critical("2026-03-27T08:00:00Z"))
	example.allowed(critical("2026-03-30T07:00:00Z"))
	example.denied_by("hours", critical("2026-03-30T16:00:00Z"))
	example.allowed(critical("2026-10-23T07:00:00Z"))
	example.denied_by("hours", critical("2026-10-26T07:59:59Z"))
	example.allowed(critical("2026-10-26T08:00:00Z"))
	example.allowed(critical("2026-10-26T16:59:59Z"))
}

# Where the clock goes forward just before the hours begin, 01:59:59 is one
# second and not one hour from 03:00, and no answer may outlive it.
test_no_answer_across_a_change if {
	answer := example.ask(critical("2026-03-29T00:59:50Z")) with data.sark_config.hours.from as "03:00"
		with data.sark_config.hours.days as {"Sunday": true}
	answer.rule == "hours"
	answer.cache_ttl == 10
	example.allowed(critical("2026-03-29T01:00:00Z")) with data.sark_config.hours.from as "03:00"
		with data.sark_config.hours.days as {"Sunday": true}
}

test_other_zones if {
	example.denied_by("hours", critical("2026-06-15T10:00:00Z")) with data.sark_config.hours.zone as "America/New_York"
	example.allowed(critical("2026-06-15T13:00:00Z")) with data.sark_config.hours.zone as "America/New_York"
	example.allowed(critical("2026-06-15T03:30:00Z")) with data.sark_config.hours.zone as "Asia/Kolkata"
	example.denied_by("hours", critical("2026-06-15T03:29:59Z")) with data.sark_config.hours.zone as "Asia/Kolkata"
	example.denied_by("hours", critical("2026-06-15T10:00:00Z")) with data.sark_config.hours.zone as "No/Where"
}

test_maintenance if {
	window := [{"name": "disks", "from": "2026-06-15T12:00:00+02:00", "to": "2026-06-15T12:30:30+02:00"}]
	before := example.ask(critical("2026-06-15T09:59:48Z")) with data.sark_config.hours.maintenance as window
	before.allow
	before.cache_ttl == 12
	within := example.ask(critical("2026-06-15T10:30:20.5Z")) with data.sark_config.hours.maintenance as window
	within.rule == "hours"
	within.cache_ttl == 9
	example.denied_by("hours", critical("2026-06-15T10:00:00Z")) with data.sark_config.hours.maintenance as window
	example.allowed(critical("2026-06-15T10:30:30Z")) with data.sark_config.hours.maintenance as window
}

test_high if {
	example.allowed(high("2026-06-15T10:00:00Z"))
	example.denied_by("hours", high("2026-06-15T20:00:00Z"))
	answer := example.ask(object.union(high("2026-06-15T20:00:00Z"), {"user": {"mfa": true}}))
	answer.allow
	answer.cache_ttl == 600
}

test_low_and_medium_at_any_hour if {
	every level in ["low", "medium"] {
		answer := example.ask(object.union(example.when("2026-06-14T02:00:00Z"), example.tool(level)))
		answer.allow
		answer.cache_ttl == 600
	}
}

test_server_delete if {
	night := {"request": {"time_ns": example.at("2026-06-15T20:00:00Z")}, "server": {"owner": "u-dana", "sensitivity": "low"}}
	example.ask_of(example.of_server("server:delete", night)).rule == "hours"
	example.ask_of(example.of_server("server:update", night)).allow
	example.ask_of(example.of_server("server:delete", {"server": {"owner": "u-dana"}})).allow
}

emergency(change) := object.union(
	critical("2026-06-15T20:00:00Z"),
	object.union({"context": {"emergency": {"reason": "outage", "approver": "u-olga"}}}, change),
)

test_emergency if {
	answer := example.ask(emergency({}))
	answer.allow
	answer.rule == "hours"
	answer.cache_ttl == 0
	answer.obligations == [{
		"type": "notification", "severity": "critical", "subject": "emergency override of the working hours",
		"reason": "outage", "approver": "u-olga",
	}]
}

test_emergency_in_hours_is_none if {
	answer := example.ask(emergency({"request": {"time_ns": example.at("2026-06-15T10:00:00Z")}}))
	answer.allow
	not "obligations" in object.keys(answer)
	answer.cache_ttl == 900
}

test_emergency_refused if {
	every change in [
		{"context": {"emergency": {"reason": ""}}}, {"context": {"emergency": {"reason": 1}}},
		{"context": {"emergency": {"approver": "\t"}}}, {"context": {"emergency": {"approver": "u-ada"}}},
		{"context": {"emergency": {"approver": "ada"}}}, {"context": {"emergency": true}},
		{"user": {"agent": true}},
		{"user": {"roles": ["developer"], "managed_teams": ["web"]}},
		{"user": {"on_behalf_of": {"id": "u-x", "roles": ["admin"]}}},
	] {
		example.denied_by("hours", emergency(change))
	}
}

test_emergency_of_a_listed_role if {
	change := emergency({"user": {"roles": ["developer"], "managed_teams": ["web"]}})
	example.allowed(change) with data.sark_config.hours.emergency_roles as {"developer": true}
	example.denied_by("hours", emergency({})) with data.sark_config.hours.emergency_roles as {}
}

# However the second has begun, the answer ends before the edge does.
test_rounding if {
	every case in [["15:59:00", 60], ["15:59:00.000000001", 59], ["15:59:59", 1], ["15:59:59.5", 0]] {
		moment := concat("", ["2026-06-15T", case[0], "Z"])
		hours.expires_in == case[1] with input as object.union(example.base, critical(moment))
	}
}
