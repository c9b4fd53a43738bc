package command

// scripts are for each shell what makes it complete the arguments of NAME.
var scripts = map[string]string{
	"bash": bashScript,
	"zsh":  zshScript,
	"fish": fishScript,
}

// bash takes : and = for the ends of words, which labels and flags are full of. So words are
// taken from the line, and bash is given what comes after the last of those. It is that of
// macOS, too, 3.2, which has no compopt.
const bashScript = `# bash completion for NAME

_NAME_complete() {
    local line=${COMP_LINE:0:COMP_POINT} words word start= candidate
    local breaks=${COMP_WORDBREAKS//[^:=]/}
    COMPREPLY=()
    read -r -a words <<<"$line"
    [[ $line == *[[:space:]] ]] && words+=("")
    word=${words[${#words[@]}-1]}
    [[ -n $breaks && $word == *[$breaks]* ]] && start=${word%"${word##*[$breaks]}"}
    while IFS=$'\t' read -r candidate _; do
        COMPREPLY+=("${candidate#"$start"}")
    done < <("${words[0]}" __complete "${words[@]:1}" 2>/dev/null)
    [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *[/:=,] ]] && compopt -o nospace 2>/dev/null
    return 0
}

complete -o default -F _NAME_complete NAME
`

const zshScript = `# zsh completion for NAME

_NAME() {
    local -a names texts
    local candidate text
    while IFS=$'\t' read -r candidate text; do
        names+=("$candidate")
        texts+=("$candidate${text:+  -- $text}")
    done < <("${words[1]}" __complete "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)
    if (( $#names )); then
        compadd -l -d texts -a names
    else
        _files
    fi
}

compdef _NAME NAME
`

const fishScript = `# fish completion for NAME

function __NAME_complete
    set -l words (commandline -opc)
    set -l word (commandline -ct)
    set -l candidates ($words[1] __complete $words[2..-1] "$word" 2>/dev/null)
    if test (count $candidates) -gt 0
        printf '%s\n' $candidates
    else
        __fish_complete_path "$word"
    end
end

complete -c NAME -f -a '(__NAME_complete)'
`
