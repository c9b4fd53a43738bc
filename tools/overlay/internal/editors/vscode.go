package editors

import (
	"fmt"
	"slices"
	"strings"
)

var vsCode = Editor{
	Name: "vscode", Title: "VS Code", Marks: []string{".vscode"}, File: ".vscode/settings.json",
	Note: "It needs the extension golang.go.",
	Text: func(need Need) string {
		text, _, err := codeSettings{}.set("", need)
		if err != nil {
			panic(err) // An empty text is not damaged.
		}
		return text
	},
	edit: codeSettings{},
}

// defaultFilter is what gopls leaves out if nothing else is said.
const defaultFilter = "-**/node_modules"

// codeSettings edits settings.json of VS Code.
type codeSettings struct{}

// A setting is what one is to be, or to have.
type setting struct {
	object  string
	names   []string // by which it may be there, the one that is written first
	value   string
	values  []string // of a list, which may have others
	initial []string // what a new list has before them
}

func codeNeeds(need Need) []setting {
	var all []setting
	for _, name := range names(need.Env) {
		all = append(all, setting{object: "go.toolsEnvVars", names: []string{name}, value: inFolder(need.Env[name], "${workspaceFolder}/")})
	}
	if len(need.Without) > 0 {
		filters := []string{}
		for _, folder := range need.Without {
			filters = append(filters, "-"+folder)
		}
		all = append(all, setting{
			object: "gopls", names: []string{"build.directoryFilters", "directoryFilters"}, values: filters, initial: []string{defaultFilter},
		})
	}
	if len(need.Workspace) > 0 {
		all = append(all, setting{object: "gopls", names: []string{"build.workspaceFiles", "workspaceFiles"}, values: need.Workspace})
	}
	return all
}

// find returns the object of a setting and the setting's own place in it; either may be nil.
func (s setting) find(text string) (root *value, object, own *item, err error) {
	root, err = parse(text)
	if err != nil || root == nil {
		return root, nil, nil, err
	}
	if root.kind != '{' {
		return nil, nil, nil, &damage{lineOf(text, root.start), "expected settings in { }"}
	}
	object = root.get(s.object)
	if object == nil {
		return root, nil, nil, nil
	}
	if object.value.kind != '{' {
		return nil, nil, nil, &damage{lineOf(text, object.start), fmt.Sprintf("%s is no object: expected settings in { }", s.object)}
	}
	for _, name := range s.names {
		if own = object.value.get(name); own != nil {
			break
		}
	}
	if own != nil && s.values != nil && own.value.kind != '[' {
		return nil, nil, nil, &damage{lineOf(text, own.start), fmt.Sprintf("%s of %s is no list: expected values in [ ]", own.key, s.object)}
	}
	return root, object, own, nil
}

func (codeSettings) set(text string, need Need) (string, []string, error) {
	var left []string
	if root, err := parse(text); err != nil {
		return "", nil, err
	} else if root == nil {
		newline := newlineOf(text)
		if text != "" && !strings.HasSuffix(text, "\n") {
			text += newline
		}
		text += "{" + newline + "}" + newline
	}
	for _, s := range codeNeeds(need) {
		root, object, own, err := s.find(text)
		switch {
		case err != nil:
			return "", nil, err
		case object == nil:
			text = add(text, root, written(s.object)+": {\n\t"+s.member("\t")+"\n}")
		case own == nil:
			text = add(text, object.value, s.member(""))
		case s.values == nil && own.value.text != s.value:
			left = append(left, fmt.Sprintf("line %d has another %s of %s, which stays; it would be %s", lineOf(text, own.start), own.key, s.object, written(s.value)))
		case s.values != nil:
			for _, missing := range s.values {
				_, _, own, err := s.find(text)
				if err != nil {
					return "", nil, err
				}
				if own.value.index(missing) < 0 {
					text = add(text, own.value, written(missing))
				}
			}
		}
	}
	return text, left, nil
}

// member returns a setting as it is written, below the first line with an indentation more.
func (s setting) member(indent string) string {
	text := written(s.value)
	if s.values != nil {
		text = written(append(slices.Clone(s.initial), s.values...))
	}
	return written(s.names[0]) + ": " + strings.ReplaceAll(text, "\n", "\n"+indent)
}

// index returns where a list has a string, or -1.
func (v *value) index(s string) int {
	return slices.IndexFunc(v.items, func(one item) bool { return one.value.isString && one.value.text == s })
}

func (codeSettings) undo(text string, need Need) (string, []string, error) {
	var left []string
	for _, s := range codeNeeds(need) {
		root, object, own, err := s.find(text)
		if err != nil {
			return "", nil, err
		}
		if own == nil {
			continue
		}
		if s.values == nil {
			if own.value.text != s.value {
				left = append(left, fmt.Sprintf("line %d has another %s of %s than was written, which stays", lineOf(text, own.start), own.key, s.object))
				continue
			}
			text = remove(text, object.value, indexOf(object.value, own))
		} else {
			for _, value := range s.values {
				_, _, own, err := s.find(text)
				if err != nil {
					return "", nil, err
				}
				if i := own.value.index(value); i >= 0 {
					text = remove(text, own.value, i)
				}
			}
			if root, object, own, err = s.find(text); err != nil {
				return "", nil, err
			}
			rest := slices.DeleteFunc(slices.Clone(own.value.items), func(one item) bool { return slices.Contains(s.initial, one.value.text) })
			if len(rest) == 0 && !hasComments(text, own.value) {
				text = remove(text, object.value, indexOf(object.value, own))
			}
		}
		if root, object, _, err = s.find(text); err != nil {
			return "", nil, err
		}
		if len(object.value.items) == 0 && !hasComments(text, object.value) {
			text = remove(text, root, indexOf(root, object))
		}
	}
	if strings.Join(strings.Fields(strings.TrimPrefix(text, "\ufeff")), "") == "{}" {
		return "", left, nil
	}
	return text, left, nil
}

func indexOf(v *value, one *item) int {
	return slices.IndexFunc(v.items, func(other item) bool { return other.start == one.start })
}

// hasComments tells whether there are some between the brackets of a value, strings aside.
func hasComments(text string, v *value) bool {
	p := &parser{text: text[:v.end], at: v.start + 1}
	for p.at < v.end-1 {
		switch text[p.at] {
		case '"':
			if _, err := p.string(); err != nil {
				return true
			}
		case '/':
			return true
		default:
			p.at++
		}
	}
	return false
}
