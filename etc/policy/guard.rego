# Patterns over string parameters that nobody needs for honest work.
package sark.guard

import data.sark.parameters
import data.sark.request
import data.sark_config.guard as config

deny := concat("", ["the parameter ", hit[1], " matches the guard pattern ", object.get(config.patterns[hit[0]], "name", "without a name")]) if {
	hit := min(hits)
}

# The first pattern and then the first parameter by name decide.
hits contains [i, name] if {
	input.parameters != {}
	walk(input.parameters, [path, value])
	is_string(value)
	name := name_of(path)
	plain := parameters.plain(name)
	text := lower(value)
	some i, pattern in config.patterns
	applies(pattern, plain)
	matches(pattern, text)
}

# An element of an array bears the name of the array.
name_of(path) := name if {
	name := path[count(path) - 1]
	is_string(name)
} else := names[count(names) - 1] if names := [part | some part in path; is_string(part)]

applies(pattern, plain) if {
	meant(pattern, plain)
	not elsewhere(pattern)
}

meant(pattern, _) if not pattern.parameters

meant(pattern, plain) if pattern.parameters[plain]

elsewhere(pattern) if {
	pattern.read_actions_only
	not reading
}

matches(pattern, text) if {
	some needle in pattern.contains
	contains(text, needle)
}

matches(pattern, text) if {
	words := spaced(text)
	some phrase in pattern.phrases
	every part in phrase {
		contains(words, concat("", [" ", part, " "]))
	}
}

# Words with one blank around each, whatever stood between them.
spaced(text) := concat("", [" ", concat(" ", words), " "]) if {
	words := [word | some word in split(strings.replace_n(separators, text), " "); word != ""]
}

separators := {
	"\t": " ", "\n": " ", "\r": " ", "\f": " ", "\u000b": " ", "\u00a0": " ",
	"(": " ", ")": " ", "[": " ", "]": " ", ";": " ", ",": " ", "\"": " ", "'": " ", "`": " ", "!": " ",
	"/*": " /* ", "*/": " */ ", "--": " /* ",
}

# db.query, list_rows and getIssue read; so does the action data:read.
reading if {
	some word in named
	config.read_words[lower(word)]
} else if {
	some word in named
	some verb, _ in config.read_words
	startswith(lower(word), verb)
	next := substring(word, count(verb), 1)
	next != lower(next)
}

named := split(strings.replace_n({".": " ", "_": " ", "-": " ", "/": " ", ":": " "}, name), " ") if {
	name := concat(" ", [input.action, object.get(request.tool, "name", "")])
}
