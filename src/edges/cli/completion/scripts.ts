/** What a shell loads to complete `penstock`. */

/**
 * Readline breaks words at `:` and `=` too (COMP_WORDBREAKS), so the words are taken from the line itself, and what
 * stands before the last such character is taken off the candidates, as it stays where it is.
 */
export const BASH = `# penstock completion for bash 4.4 and newer. To load it: source <(penstock completion bash)
_penstock() {
  local line="\${COMP_LINE:0:COMP_POINT}" answer prefix candidate
  local -a words candidates
  read -ra words <<< "$line"
  [[ $line == *[[:space:]] ]] && words+=('')
  answer=$("$1" __complete "\${words[@]:1}" 2>/dev/null) || return 0
  case $answer in
    :files | :dirs)
      compopt -o filenames 2>/dev/null
      local kind=-f
      [[ $answer == :dirs ]] && kind=-d
      mapfile -t COMPREPLY < <(compgen "$kind" -- "\${COMP_WORDS[COMP_CWORD]#=}")
      return 0
      ;;
  esac
  prefix=\${words[-1]}
  prefix=\${prefix%"\${prefix##*[:=]}"}
  mapfile -t candidates <<< "$answer"
  COMPREPLY=()
  for candidate in "\${candidates[@]}"; do
    candidate=\${candidate%%$'\\t'*}
    [[ -n $candidate ]] && COMPREPLY+=("\${candidate#"$prefix"}")
  done
  return 0
}
complete -F _penstock penstock
`;

export const ZSH = `#compdef penstock
# penstock completion for zsh. To load it: source <(penstock completion zsh)
# or save it as _penstock in a folder of $fpath.
_penstock() {
  local line value about
  local -a answer candidates
  answer=("\${(@f)$("\${words[1]}" __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  case $answer[1] in
    :files) _files; return ;;
    :dirs) _files -/; return ;;
  esac
  for line in $answer; do
    value=\${line%%$'\\t'*}
    about=\${\${line#$value}#$'\\t'}
    [[ -n $value ]] && candidates+=("\${value//:/\\\\:}\${about:+:$about}")
  done
  _describe -V 'penstock' candidates
}
if [[ $funcstack[1] == _penstock ]]; then
  _penstock "$@"
else
  compdef _penstock penstock
fi
`;
