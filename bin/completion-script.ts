/**
 * The script of `fractal completion`, for bash and zsh. Its function runs `fractal --complete WORDS...`, with the words up
 * to the cursor; where that prints nothing the shell completes file names.
 */

/** For `source <(fractal completion)`. It runs the program that printed it, wherever that is. */
export function completionScript(): string {
  const program = `'${(process.argv[1] ?? 'fractal').replace(/'/g, `'\\''`)}'`;
  return `# Completion of fractal for bash and zsh: source <(fractal completion)
if [ -n "\${ZSH_VERSION-}" ]; then
  _fractal() {
    local -a found
    found=("\${(@f)$(${program} --complete "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
    if [ -n "\${found[1]-}" ]; then compadd -- "\${found[@]}"; else _files; fi
  }
  if ! command -v compdef >/dev/null; then autoload -Uz compinit && compinit; fi
  compdef _fractal fractal
else
  _fractal() {
    local line
    COMPREPLY=()
    while IFS= read -r line; do
      COMPREPLY+=("$line")
    done < <(${program} --complete "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  }
  complete -o default -F _fractal fractal
fi
`;
}
