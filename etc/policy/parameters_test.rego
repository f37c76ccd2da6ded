package sark.parameters_test

import data.sark.example

ask(level, parameters) := example.ask({
	"user": example.manager,
	"tool": {"sensitivity": level},
	"parameters": parameters,
})

variants := {
	"password": ["password", "PASSWORD", "pass_word", "pass-word", "passWord", "_password_"],
	"secret": ["secret", "Secret"],
	"api_key": ["api_key", "apiKey", "ApiKey", "API-KEY", "apikey", "api key", "api.key"],
	"token": ["token", "Token"],
	"credentials": ["credentials", "Credentials"],
}

critical_variants := {
	"ssn": ["ssn", "SSN"],
	"credit_card": ["credit_card", "creditCard", "Credit-Card", "CREDITCARD"],
	"private_key": ["private_key", "privateKey", "private-key"],
	"encryption_key": ["encryption_key", "encryptionKey", "ENCRYPTION-KEY"],
}

test_high_and_critical if {
	every level in ["high", "critical"] {
		every names in variants {
			every name in names {
				answer := ask(level, {name: "x", "keep": 1})
				answer.allow
				answer.filtered_parameters == {"keep": 1}
				answer.removed_parameters == [name]
			}
		}
	}
}

test_critical_only if {
	every names in critical_variants {
		every name in names {
			ask("critical", {name: "x"}).removed_parameters == [name]
			not "removed_parameters" in object.keys(ask("high", {name: "x"}))
		}
	}
}

test_low_and_medium_keep if {
	every level in ["low", "medium"] {
		not "filtered_parameters" in object.keys(ask(level, {"password": "x"}))
	}
}

test_nested if {
	answer := ask("high", {
		"a": {"b": {"apiKey": "x", "c": 1}},
		"list": [{"token": "x"}, {"n": [{"SECRET": {"deep": 1}, "m": 2}]}, 3],
	})
	answer.filtered_parameters == {"a": {"b": {"c": 1}}, "list": [{}, {"n": [{"m": 2}]}, 3]}
	answer.removed_parameters == ["a.b.apiKey", "list.0.token", "list.1.n.0.SECRET"]
}

test_outermost_is_told if {
	answer := ask("high", {"credentials": {"password": "x", "user": "y"}})
	answer.filtered_parameters == {}
	answer.removed_parameters == ["credentials"]
}

test_similar_names_stay if {
	every name in ["passwords", "tokens", "secretary", "password_policy", "api", "key", ""] {
		not "removed_parameters" in object.keys(ask("critical", {name: "x"}))
	}
}

test_admin_keeps if {
	answer := example.ask({"user": example.admin, "tool": {"sensitivity": "critical"}, "parameters": {"password": "x"}})
	answer.allow
	not "filtered_parameters" in object.keys(answer)
}

test_nothing_with_a_denial if {
	answer := example.ask({"user": {"teams": []}, "tool": {"sensitivity": "high"}, "parameters": {"password": "x"}})
	answer.allow == false
	not "filtered_parameters" in object.keys(answer)
}

# A name in data.json that is not in plain form would never match.
test_data_is_plain if {
	every level in ["high", "critical"] {
		every name, _ in data.sark_config.parameters[level] {
			data.sark.parameters.plain(name) == name
		}
	}
	every pattern in data.sark_config.guard.patterns {
		every name, _ in object.get(pattern, "parameters", {}) {
			data.sark.parameters.plain(name) == name
		}
		every needle in object.get(pattern, "contains", []) {
			lower(needle) == needle
		}
	}
}
