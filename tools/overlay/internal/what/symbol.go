package what

import (
	"go/token"
	"net/url"
	"regexp"
	"strings"
)

var (
	// ofCompiler is what names of functions end with that have none in the source: closures,
	// what go and defer statements call, bodies of loops over functions, method values, ABIs.
	ofCompiler = regexp.MustCompile(`(?:\.func\d+|\.gowrap\d+|\.deferwrap\d+|\.\d+|-range\d+|-fm|\.abi0|\.abiinternal|·f|\.stkobj|\.args_stackmap)+$`)

	// ofSymbol is what only symbols have in them. Import paths have no brackets, and paths none that are known.
	ofSymbol = regexp.MustCompile(`[\[(#·∕*%]|glob\.\.|^(?:type|go):|(?:\.func\d+|-fm)\b`)

	closures     = regexp.MustCompile(`\.func\d`)
	externalTest = regexp.MustCompile(`_test\.(?:Test|Benchmark|Fuzz|Example)\w*`)
	ofType       = regexp.MustCompile(`^(?:type:\.(?:eq|hash)\.|type:\*?|go:itab\.\*?|go:map\.zero\.)`)
	receiver     = regexp.MustCompile(`^(.*?)\.\(\*?([^()./]+)\)(?:\.(.+))?$`)
	receiverPath = regexp.MustCompile(`^\((\*?)([^()]+)\.([^()./]+)\)\.(.+)$`) // (*net/http.Transport).dial
	version      = regexp.MustCompile(`^v\d+$`)
)

// symbol adds what a symbol may mean, in a form of the source, the linker or a trace.
func (r *reading) symbol(symbol string) error {
	if externalTest.MatchString(symbol) {
		return r.refuseTest()
	}
	before := len(r.candidates)
	r.symbols(symbol)
	if len(r.candidates) > before {
		return nil
	}
	return r.refuse("this is no symbol of Go; write PACKAGE.FUNCTION or PACKAGE.TYPE.METHOD, such as net/http.Transport.RoundTrip")
}

// symbols is symbol for a text that need not be one.
func (r *reading) symbols(symbol string) {
	symbol = strings.NewReplacer("·", ".", "∕", "/").Replace(symbol)
	symbol = arguments.ReplaceAllString(withoutTypeArguments(ofType.ReplaceAllString(symbol, "")), "$1")
	closure := closures.MatchString(symbol)
	symbol = ofCompiler.ReplaceAllString(symbol, "")
	symbol = receiverPath.ReplaceAllString(symbol, "$2.($1$3).$4")

	if importPath, name, ok := strings.Cut(symbol, "#"); ok { // As Go's documentation is linked.
		r.inPackage(importPath, name, false)
		return
	}
	if m := receiver.FindStringSubmatch(symbol); m != nil {
		r.inPackage(m[1], strings.TrimSuffix(m[2]+"."+m[3], "."), false)
		return
	}
	folder, last := "", symbol
	if i := strings.LastIndexByte(symbol, '/'); i >= 0 {
		folder, last = symbol[:i+1], symbol[i+1:]
	}
	parts := strings.Split(last, ".")
	if strings.Contains(last, "%") { // The linker escapes all dots of the last element, so the first is none of its.
		r.inPackage(folder+parts[0], strings.Join(parts[1:], "."), closure)
		return
	}
	// Which dot ends the import path can't be told: it may have some itself.
	ends := make([]int, 0, len(parts))
	for i := 1; i < len(parts); i++ {
		if parts[i] == "" {
			continue
		}
		if i+1 < len(parts) && (version.MatchString(parts[i]) || parts[i] == "go") { // gopkg.in/yaml.v3, github.com/nats-io/nats.go
			ends = append([]int{i + 1}, ends...)
		}
		ends = append(ends, i)
	}
	for _, i := range ends {
		r.inPackage(folder+strings.Join(parts[:i], "."), strings.Join(parts[i:], "."), closure)
	}
}

// inPackage adds a symbol of a package, if it can be one.
func (r *reading) inPackage(importPath, symbol string, closure bool) {
	if unescaped, err := url.PathUnescape(importPath); err == nil {
		importPath = unescaped
	}
	if !isImportPath(importPath) {
		return
	}
	names := strings.Split(symbol, ".")
	if symbol == "glob." { // A closure of a variable: its package is all that is known.
		names = []string{""}
	}
	for _, name := range names {
		if (name != "" || len(names) > 1) && !token.IsIdentifier(name) {
			return
		}
	}
	add := func(symbol string) {
		r.add(Candidate{ImportPath: importPath, Symbol: symbol})
		if i := strings.LastIndex(importPath, "/vendor/"); i >= 0 {
			r.add(Candidate{ImportPath: importPath[i+len("/vendor/"):], Symbol: symbol})
		}
	}
	switch {
	case len(names) == 1:
		add(names[0])
	case closure: // Of T.M, or of a function that has been inlined into another one.
		add(names[0] + "." + names[1])
		add(names[len(names)-1])
		add(names[0])
	case len(names) == 2:
		add(symbol)
	}
}

// withoutTypeArguments returns a symbol without what is in brackets.
func withoutTypeArguments(symbol string) string {
	var b strings.Builder
	depth := 0
	for _, r := range symbol {
		switch {
		case r == '[':
			depth++
		case r == ']' && depth > 0:
			depth--
		case depth == 0:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// isImportPath tells whether a text can be an import path.
func isImportPath(s string) bool {
	if s == "" || strings.ContainsAny(s, " \t\\\"'`:;,<>|*?()[]{}#$!^&=@%") {
		return false
	}
	for _, element := range strings.Split(s, "/") {
		if strings.Trim(element, ".") == "" {
			return false
		}
	}
	return true
}
