// Package editors edits the settings that editors have in a project, so that they show Go packages as they are compiled. What is written
// is known again: written twice it is there once, and it can be taken out. What users have written stays as it is.
package editors

import (
	"fmt"
	"slices"
	"strings"
)

// A Need is what gopls needs in a project. It is the same for all editors.
type Need struct {
	// Env is the environment of gopls. What begins with Folder is the path of a file of the project.
	Env map[string]string
	// Workspace are patterns of the files on which packages depend, beside those of Go.
	Workspace []string
	// Go is the environment of the go command that compiles with overlays, for editors that ask no driver. Its paths are those of one machine. It
	// is nil under Bazel.
	Go map[string]string
	// Without are folders in which gopls doesn't look for packages.
	Without []string
}

// Folder stands for the folder of the project at the beginning of a value of the environment: each editor has a word of its own for it.
const Folder = "FOLDER/"

// An Editor is one whose settings of a project can be edited.
type Editor struct {
	Name, Title string
	// Marks are files and folders of a project by which it is known that somebody uses the editor.
	Marks []string
	// File is what has the settings, with slashes, or an empty string if they have no place.
	File string
	// Text is what a person sets who does it by hand, and Note what else is to be known.
	Text func(Need) string
	Note string

	edit editing
}

// An editing changes a text that has settings, which is empty where there is no file.
type editing interface {
	// set returns the text with what is needed, and what could not be set.
	set(text string, need Need) (changed string, left []string, err error)
	// undo returns the text without it, and what was left as it is not what set writes. It is empty if nothing else is there.
	undo(text string, need Need) (changed string, left []string, err error)
}

// All are the editors that are known.
var All = []Editor{vsCode, goLand, neovim, helix}

// Names returns the names of all editors.
func Names() []string {
	var names []string
	for _, e := range All {
		names = append(names, e.Name)
	}
	return names
}

// Named returns the editor of a name, or nil.
func Named(name string) *Editor {
	i := slices.IndexFunc(All, func(e Editor) bool { return e.Name == name })
	if i < 0 {
		return nil
	}
	return &All[i]
}

// Set returns the settings with what is needed. What is left is for the user, line by line.
func (e *Editor) Set(text string, need Need) (changed string, left []string, err error) {
	return e.changed(e.edit.set(text, need))
}

// Undo returns the settings without what Set writes; an empty text if they have nothing else.
func (e *Editor) Undo(text string, need Need) (changed string, left []string, err error) {
	return e.changed(e.edit.undo(text, need))
}

func (e *Editor) changed(text string, left []string, err error) (string, []string, error) {
	if err != nil {
		return "", nil, fmt.Errorf("%s:%w", e.File, err)
	}
	return text, left, nil
}

func names(env map[string]string) []string {
	var all []string
	for name := range env {
		all = append(all, name)
	}
	slices.Sort(all)
	return all
}

// inFolder returns a value of the environment, in which the editor has another word for the folder.
func inFolder(value, folder string) string {
	if rest, ok := strings.CutPrefix(value, Folder); ok {
		return folder + rest
	}
	return value
}

// goLand analyses by itself.
var goLand = Editor{
	Name: "goland", Title: "GoLand", Marks: []string{".idea"},
	Note: "GoLand analyses Go by itself: it asks neither gopls nor a GOPACKAGESDRIVER, so under Bazel no setting makes it show what overlays compile. " +
		"Overlay files can be edited in it as any others, and the build tells what is wrong with them.",
	Text: func(need Need) string {
		if len(need.Go) == 0 {
			return ""
		}
		text := "In Settings, Go, Go Modules, Environment, set:\n"
		for _, name := range names(need.Go) {
			text += name + "=" + need.Go[name] + "\n"
		}
		return text
	},
}
