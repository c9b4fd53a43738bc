package e2e

import (
	"debug/dwarf"
	"debug/elf"
	"fmt"
)

// declarationFile returns the file in which the debug information of an ELF
// binary says that a function is declared.
func declarationFile(binary, function string) (string, error) {
	file, err := elf.Open(binary)
	if err != nil {
		return "", err
	}
	defer file.Close()
	data, err := file.DWARF()
	if err != nil {
		return "", fmt.Errorf("%s: %w", binary, err)
	}
	reader := data.Reader()
	var files []*dwarf.LineFile
	for {
		entry, err := reader.Next()
		if err != nil {
			return "", fmt.Errorf("%s: %w", binary, err)
		}
		if entry == nil {
			return "", fmt.Errorf("%s: its debug information has no function %s", binary, function)
		}
		switch entry.Tag {
		case dwarf.TagCompileUnit:
			lines, err := data.LineReader(entry)
			if err != nil {
				return "", fmt.Errorf("%s: %w", binary, err)
			}
			files = nil
			if lines != nil {
				files = lines.Files()
			}
		case dwarf.TagSubprogram:
			if entry.Val(dwarf.AttrName) != function {
				continue
			}
			index, ok := entry.Val(dwarf.AttrDeclFile).(int64)
			if !ok || index < 0 || int(index) >= len(files) || files[index] == nil {
				continue
			}
			return files[index].Name, nil
		}
	}
}
