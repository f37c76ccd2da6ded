package sark.guard_test

import data.sark.example
import data.sark.guard

hit(name, parameters) if guard.deny with input as {"action": "tool:invoke", "tool": {"name": name}, "parameters": parameters}

test_sql if {
	every text in [
		"DROP TABLE x", "drop\ttable x", "select 1;drop/**/table x", "Drop(table)", "delete from x", "DELETE\nFROM\"x\"",
		"truncate x", "alter table x", "insert into x", "update x set y=1", "UPDATE x\r\nSET y = 1", "grant all to x",
		"revoke all from x", "select 1 into outfile 'x'", "delete--\nfrom x", "/*!drop table x*/", "drop  view x",
		"drop\u00a0table x", "'; drop table x; --",
	] {
		hit("db.query", {"query": text})
	}
	every text in ["", "select * from drops", "dropping tables", "updated set", "delete the from", "undelete from x", "select a -- note"] {
		not hit("db.query", {"query": text})
	}
}

test_sql_where if {
	every name in ["query", "sql", "Statement", "q", "SQL"] {
		hit("db.query", {name: "drop table x"})
	}
	not hit("db.query", {"title": "drop table x"})
	hit("db.query", {"a": [{"query": ["drop table x"]}]})
	not hit("db.query", {"query": {"title": "drop table x"}})
	not hit("db.query", {"query": 7})
}

test_reading if {
	every name in ["db.query", "list_rows", "getRows", "rows/search", "rows-find", "FETCH", "db.selectAll"] {
		hit(name, {"query": "drop table x"})
	}
	every name in ["db.execute", "budget.change", "getaway", "listen", ""] {
		not hit(name, {"query": "drop table x"})
	}
	guard.deny with input as {"action": "data:read", "parameters": {"query": "drop table x"}}
	not guard.deny with input as {"action": "data:write", "parameters": {"query": "drop table x"}}
}

test_shell if {
	every text in ["a;b", "a|b", "a&b", "$a", "`a`", "a<b", "a>b", "a\nb", "a\rb"] {
		hit("x", {"command": text})
		hit("x", {"Cmd": text})
		hit("x", {"job": {"command": ["ls", text]}})
		not hit("x", {"text": text})
	}
	not hit("x", {"command": "ls -l 'a b' \"c\""})
}

test_traversal if {
	every text in ["../x", "a/../b", "..\\x", "%2E%2E/x", "..%2Fx", "..%5cx", ".%2e/x", "%2e./x"] {
		hit("x", {"anything": text})
	}
	every text in ["a.b", "a..b", "./x", "/etc/x", "v1...2"] {
		not hit("x", {"path": text})
	}
}

test_everybody if {
	example.denied_by("guard", {"user": example.admin, "parameters": {"path": "../x"}})
	example.allowed({"parameters": {"path": "x"}})
}

test_first_by_list_and_name if {
	answer := example.ask({"parameters": {"z": "../x", "a": "../x", "command": ";"}})
	answer.reason == "the parameter command matches the guard pattern shell_metacharacters"
}

test_a_new_pattern if {
	pattern := [{"name": "no_root", "parameters": {"username": true}, "contains": ["root"]}]
	example.denied_by("guard", {"parameters": {"user-name": "ROOT"}}) with data.sark_config.guard.patterns as pattern
	example.allowed({"parameters": {"path": "../x"}}) with data.sark_config.guard.patterns as pattern
}

test_a_pattern_without_a_name_denies_too if {
	example.denied_by("guard", {"parameters": {"x": "root"}}) with data.sark_config.guard.patterns as [{"contains": ["root"]}]
}

test_no_parameters if not guard.deny with input as {"action": "tool:invoke"}
