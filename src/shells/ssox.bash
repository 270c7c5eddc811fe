# Bash 3.2 or later. A backslash before a command keeps aliases away, which are expanded when this is read.
# No name is ever evaluated: no eval, no `compgen -W`, no expansion of one without quotes.

function sx {
  \builtin local IFS=$' \t\n' before name='' to=profile
  case "$# ${1-}" in
  '0 ') name=$(\command ssox pick) || \builtin return ;;
  '1 --help' | '1 -h') \builtin printf '%s\n' __USAGE__ && \builtin return ;;
  '1 --off') to=none ;;
  '1 -')
    if [[ -z ${_sx_before+set} ]]; then
      \builtin printf '%s\n' 'sx: there is no profile to go back to' >&2
      \builtin return 2
    fi
    name=$_sx_before
    if [[ -z $name ]]; then to=none; fi
    ;;
  '2 --') name=$2 ;;
  '1 '*) name=$1 ;;
  *) \builtin printf '%s\n' __USAGE__ >&2 && \builtin return 2 ;;
  esac
  if [[ $to == profile ]]; then _sx_knows "$name" || \builtin return; fi
  before=${AWS_PROFILE:-${AWS_DEFAULT_PROFILE-}}
  case $before in '' | ssox-exec-*) before=${SSOX_PROFILE-} ;; esac
  # First where it changes nothing: the shell tells of a variable that is read-only.
  (_sx_clear) || \builtin return
  _sx_clear
  _sx_before=$before
  if [[ $to == none ]]; then
    if [[ -t 2 ]]; then \builtin printf '%s\n' 'sx: no profile' >&2; fi
    \builtin return 0
  fi
  \builtin export AWS_PROFILE="$name" AWS_SDK_LOAD_CONFIG=1
  if [[ -t 2 ]]; then \builtin printf 'sx: %q\n' "$name" >&2; fi
  \builtin return 0
}

# @posix

# Takes away what would make the shell somebody else. In `ssox shell` the user's own config file and region come back.
function _sx_clear {
  \builtin local name mine
  if [[ -n ${SSOX_AWS_CONFIG_FILE-} ]]; then
    case ${AWS_CONFIG_FILE-} in
    '' | */ssox/exec-*.config | */ssox/run/exec-*.config) \builtin export AWS_CONFIG_FILE="$SSOX_AWS_CONFIG_FILE" ;;
    esac
  fi
  for name in AWS_REGION AWS_DEFAULT_REGION; do
    mine=SSOX_$name
    if [[ -z ${SSOX_REGION-} || ${!name-} != "$SSOX_REGION" ]]; then \builtin continue; fi
    if [[ -n ${!mine-} ]]; then \builtin export "$name=${!mine}"; else \builtin unset -v "$name"; fi
  done
  for name in __NAMES__ __PREFIXES__; do
    \builtin unset -v "$name" || \builtin return
  done
}

function _ssox {
  \builtin local IFS=$' \t\n' words found word='' typed='' raw='' quote='' opaque=no failglob=off
  words=() found=() COMPREPLY=()
  _ssox_split
  if \builtin shopt -q failglob; then failglob=on && \builtin shopt -u failglob; fi
  if [[ ${words[0]##*/} == sx ]]; then _ssox_of_sx; else _ssox_of_ssox; fi
  if [[ $failglob == on ]]; then \builtin shopt -s failglob; fi
  _ssox_reply "${2-}"
  \builtin return 0
}

# Splits the line before the cursor as the shell would, and expands nothing: into `words`, and the last one into `word`.
# That one stands in `typed` as it was typed, in `raw` without a backslash at its end, and is within `quote`; what it
# begins with is for the shell alone to find where it is `opaque`.
function _ssox_split {
  \builtin local line="${COMP_LINE:0:COMP_POINT}" i char begun=no
  for ((i = 0; i < ${#line}; i++)); do
    char=${line:i:1}
    if [[ $quote == "'" ]]; then
      if [[ $char == "'" ]]; then quote=''; else word+=$char; fi
    elif [[ $char == \\ ]]; then
      if ((i + 1 == ${#line})); then
        typed=$raw\\
        \builtin return 0
      fi
      raw+=$char
      ((++i))
      char=${line:i:1}
      if [[ $quote == '"' && $char != ['"\$`'] ]]; then word+=\\; fi
      word+=$char begun=yes
    elif [[ $char == "$quote" ]]; then
      quote=''
    elif [[ -n $quote || $char == ['$`'] ]]; then
      if [[ $char == ['$`'] ]]; then opaque=yes; fi
      word+=$char begun=yes
    elif [[ $char == ['"'\'] ]]; then
      quote=$char begun=yes
    elif [[ $char == [$' \t\n'] ]]; then
      if [[ $begun == yes ]]; then words+=("$word"); fi
      word='' raw='' begun=no opaque=no
      \builtin continue
    else
      word+=$char begun=yes
    fi
    raw+=$char
  done
  typed=$raw
}

# Turns what was found into what is put in place of $1, the part of the word that the line editor takes for a word.
function _ssox_reply {
  \builtin local one rest i kept="${typed%"$1"}" REPLY
  for one in ${found[@]+"${found[@]}"}; do
    rest=${one:${#word}} REPLY=''
    case $quote in
    '')
      if [[ -n $rest ]]; then \builtin printf -v REPLY %q "$rest"; fi
      ;;
    "'")
      for ((i = 0; i < ${#rest}; i++)); do
        if [[ ${rest:i:1} == "'" ]]; then REPLY+="'\\''"; else REPLY+=${rest:i:1}; fi
      done
      ;;
    *)
      for ((i = 0; i < ${#rest}; i++)); do
        case ${rest:i:1} in
        ['"\$`']) REPLY+=\\${rest:i:1} ;;
        # Within these quotes the history cannot be kept from it.
        '!') REPLY+='"\!"' ;;
        *) REPLY+=${rest:i:1} ;;
        esac
      done
      ;;
    esac
    REPLY=$raw$REPLY
    # The line editor would leave it out behind a quotation mark that is part of the name.
    if ((${#found[@]} == 1)); then REPLY+=$quote; fi
    COMPREPLY+=("${REPLY#"$kept"}")
  done
}

function _ssox_of_sx {
  if [[ $opaque == yes ]]; then \builtin return 0; fi
  if ((${#words[@]} == 1)); then _ssox_add - --off --help && _ssox_profiles; fi
  if ((${#words[@]} == 2)) && [[ ${words[1]} == -- ]]; then _ssox_profiles; fi
}

function _ssox_of_ssox {
  \builtin local command="${words[1]-}" flag='' flags='' takes='' runs=no profiles=no i last=$((${#words[@]} - 1))
  if ((last == 0)) || [[ $last == 1 && $command == help ]]; then
    _ssox_add __COMMANDS__
    if [[ $word == -* ]]; then _ssox_add --help --version; fi
    \builtin return 0
  fi
  case $command in
  # @flags
  esac
  for ((i = 2; i <= last; i++)); do
    if [[ ${words[i]} != -- ]]; then \builtin continue; fi
    if [[ $runs == yes ]]; then _ssox_program $((last - i)); fi
    \builtin return 0
  done
  case ${words[last]} in
  '<' | '>' | '>>' | '2>' | '2>>' | '&>')
    _ssox_files
    \builtin return 0
    ;;
  esac
  if [[ $opaque == yes ]]; then \builtin return 0; fi
  if [[ $word == --*=* ]]; then
    flag=${word%%=*} word=${word#*=}
  elif ((last > 1)) && [[ $takes == *" ${words[last]} "* ]]; then
    flag=${words[last]}
  elif [[ $word == -* ]]; then
    flag=-
  fi
  case "$command $flag" in
  *' -') _ssox_add $flags ;;
  # @values
  *' --profile') _ssox_profiles ;;
  *' --account') _ssox_names account ;;
  *' --role') _ssox_names role ;;
  *' --session') _ssox_sections sso-session ;;
  *' ')
    _ssox_add $flags
    if [[ $profiles == yes ]]; then _ssox_profiles; fi
    ;;
  esac
}

# A program and its arguments behind `--`: whatever the shell would complete. $1: how many words of it stand there.
function _ssox_program {
  \builtin local i
  for ((i = 0; i < ${#COMP_WORDS[@]}; i++)); do
    if [[ ${COMP_WORDS[i]} != -- ]]; then \builtin continue; fi
    if \builtin declare -F _comp_command_offset >/dev/null; then
      _comp_command_offset $((i + 1))
    elif \builtin declare -F _command_offset >/dev/null; then
      _command_offset $((i + 1))
    elif (($1 == 0)) && [[ $word != */* && $opaque == no ]]; then
      _ssox_generated -c
    else
      _ssox_files
    fi
    \builtin return 0
  done
}

function _ssox_files {
  \builtin compopt -o bashdefault -o default 2>/dev/null || _ssox_generated -f
}

function _ssox_generated {
  \builtin local line
  while IFS= \builtin read -r line; do found+=("$line"); done < <(\builtin compgen "$1" -- "$word")
}

function _ssox_add {
  \builtin local one
  for one; do
    if [[ $one == "$word"* ]]; then found+=("$one"); fi
  done
}

function _ssox_profiles {
  _ssox_sections profile
  _ssox_sections credentials
}

# The sections of the config file of this kind; `credentials`: the profiles of the other file.
function _ssox_sections {
  \builtin local REPLY text before header=''
  if [[ $1 == credentials ]]; then _ssox_credentials; else _ssox_config; fi
  if [[ ! -f $REPLY || ! -r $REPLY ]]; then \builtin return 0; fi
  # Piece by piece from bracket to bracket: seven times as fast as line by line.
  {
    IFS= \builtin read -r -d '[' before || \builtin return 0
    before=$'\n'$before
    while IFS= \builtin read -r -d '[' text || [[ -n $text ]]; do
      if [[ -n $header || $before == *$'\n' ]]; then
        # A bracket may be part of the name: the header ends with its line.
        header+=$text'['
        if [[ $text == *$'\n'* ]]; then
          header=${header%%$'\n'*}
          if [[ $header == *"$word"* ]]; then _ssox_header "$1" "$header"; fi
          header=''
        fi
      fi
      before=$text
    done
    # The last line of a file may lack its end.
    if [[ $header == *"$word"* ]]; then _ssox_header "$1" "${header%'['}"; fi
  } <"$REPLY"
}

# Adds the name in a header without its first bracket. Names that need more than one pair of quotes are left out.
function _ssox_header {
  \builtin local header="${2%$'\r'}" name="${2%]*}"
  case $header in
  *[[:cntrl:]]*) \builtin return 0 ;;
  *] | *'] '*) ;;
  *) \builtin return 0 ;;
  esac
  case $1:$name in
  profile:default) _ssox_add default ;;
  credentials:DEFAULT | credentials:profile* | credentials:sso-session* | credentials:services*) ;;
  credentials:*) _ssox_add "$name" ;;
  "$1:$1 "*)
    name=${name#"$1 "}
    while [[ $name == ' '* ]]; do name=${name# }; done
    while [[ $name == *' ' ]]; do name=${name% }; done
    case $name in
    '"'*'"') name=${name#?} && name=${name%?} && case $name in *['"\']*) \builtin return 0 ;; esac ;;
    "'"*"'") name=${name#?} && name=${name%?} && case $name in *"'"*) \builtin return 0 ;; esac ;;
    *[' "'\'\\]* | '') \builtin return 0 ;;
    esac
    _ssox_add "$name"
    ;;
  esac
}

# Accounts or roles, as last listed; roles of --account and --session where they stand there.
function _ssox_names {
  \builtin local file line ids=' ' account session REPLY
  _ssox_given --account && account=$REPLY
  _ssox_given --session && session=$REPLY
  case ${XDG_CACHE_HOME-} in
  /*) file=$XDG_CACHE_HOME ;;
  *) file=${HOME-}/.cache ;;
  esac
  for file in "$file"/ssox/inventory/*.names; do
    if [[ ! -f $file || ! -r $file ]]; then \builtin continue; fi
    while IFS= \builtin read -r line; do
      case $1:$line in
      *:'session '*)
        if [[ -n $session && $line != "session $session" ]]; then \builtin break; fi
        ;;
      account:'account '*)
        line=${line#account }
        _ssox_add "${line%% *}"
        if [[ $line == *' '* ]]; then _ssox_add "${line#* }"; fi
        ;;
      role:'account '*)
        line=${line#account }
        if [[ -n $account && ($account == "${line%% *}" || $account == "${line#* }") ]]; then ids+="${line%% *} "; fi
        ;;
      role:'role '*)
        if [[ $ids == ' ' ]]; then _ssox_add "${line#role }"; fi
        ;;
      *:'role-of '*)
        if [[ $ids == ' ' ]]; then \builtin break; fi
        line=${line#role-of }
        if [[ $ids == *" ${line%% *} "* ]]; then _ssox_add "${line#* }"; fi
        ;;
      esac
    done <"$file"
  done
}

# Sets REPLY to what a flag was given, nothing where it was not.
function _ssox_given {
  \builtin local i
  REPLY=''
  for ((i = 2; i < ${#words[@]}; i++)); do
    case ${words[i]} in
    "$1") REPLY=${words[i + 1]-} ;;
    "$1="*) REPLY=${words[i]#*=} ;;
    esac
  done
}

\builtin complete -F _ssox ssox sx
