/** Shells that are completed for. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;

/** One of {@link SHELLS}. */
export type Shell = (typeof SHELLS)[number];

/** First word of the command line that the scripts ask with. */
export const COMPLETE = '__complete';

/** The script that a shell reads. `program` are the words that start this program, whatever it is called in the shell. */
export function completionScript(shell: Shell, program: readonly string[]): string {
  return SCRIPTS[shell](program.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' '));
}

const SCRIPTS: Readonly<Record<Shell, (program: string) => string>> = {
  bash: (program) => `_k8s_cli() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ $line == :files ]]; then compopt -o default 2>/dev/null
    else COMPREPLY+=("\${line%%$'\\t'*}"); fi
  done < <(${program} ${COMPLETE} -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _k8s_cli k8s-cli
`,
  zsh: (program) => `#compdef k8s-cli
_k8s_cli() {
  local -a found
  local line files
  while IFS= read -r line; do
    if [[ $line == :files ]]; then files=yes
    else found+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}"); fi
  done < <(${program} ${COMPLETE} -- "\${(@)words[2,CURRENT]}" 2>/dev/null)
  (( $#found )) && _describe -V k8s-cli found
  [[ -n $files ]] && _files
}
compdef _k8s_cli k8s-cli
`,
  fish: (program) => `function __k8s_cli_complete
  set -l words (commandline -opc) "$(commandline -ct)"
  for line in (${program} ${COMPLETE} -- $words[2..] 2>/dev/null)
    if test "$line" = :files
      __fish_complete_path (commandline -ct)
    else
      echo $line
    end
  end
end
complete -c k8s-cli -f -k -a '(__k8s_cli_complete)'
`,
};
