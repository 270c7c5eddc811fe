# A backslash before a command keeps aliases away, which are expanded when this is read; so are the user's options obeyed
# then, as those of `emulate sh`, to which a parenthesis in a pattern is an error. No name is ever evaluated.

function sx {
  \builtin emulate -L zsh
  \builtin local before name='' to=profile
  case "$# ${1-}" in
  '0 ') name=$(\command ssox pick) || \builtin return ;;
  '1 --help' | '1 -h') \builtin print -r -- __USAGE__ && \builtin return ;;
  '1 --off') to=none ;;
  '1 -')
    if [[ -z ${_sx_before+set} ]]; then
      \builtin print -ru2 -- 'sx: there is no profile to go back to'
      \builtin return 2
    fi
    name=$_sx_before
    if [[ -z $name ]]; then to=none; fi
    ;;
  '2 --') name=$2 ;;
  '1 '*) name=$1 ;;
  *) \builtin print -ru2 -- __USAGE__ && \builtin return 2 ;;
  esac
  if [[ $to == profile ]]; then _sx_knows "$name" || \builtin return; fi
  before=${AWS_PROFILE:-${AWS_DEFAULT_PROFILE-}}
  case $before in '' | ssox-exec-*) before=${SSOX_PROFILE-} ;; esac
  # First where it changes nothing: the shell tells of a variable that is read-only.
  (_sx_clear) || \builtin return
  _sx_clear
  \builtin typeset -g _sx_before=$before
  if [[ $to == none ]]; then
    if [[ -t 2 ]]; then \builtin print -ru2 -- 'sx: no profile'; fi
    \builtin return 0
  fi
  \builtin typeset -gx AWS_PROFILE=$name AWS_SDK_LOAD_CONFIG=1
  if [[ -t 2 ]]; then \builtin print -ru2 -- "sx: ${(q+)name}"; fi
  \builtin return 0
}

# @posix

# Takes away what would make the shell somebody else. In `ssox shell` the user's own config file and region come back.
function _sx_clear {
  \builtin emulate -L zsh
  \builtin local name mine
  if [[ -n ${SSOX_AWS_CONFIG_FILE-} ]]; then
    case ${AWS_CONFIG_FILE-} in
    '' | */ssox/exec-*.config | */ssox/run/exec-*.config) \builtin typeset -gx AWS_CONFIG_FILE=$SSOX_AWS_CONFIG_FILE ;;
    esac
  fi
  for name in AWS_REGION AWS_DEFAULT_REGION; do
    mine=SSOX_$name
    if [[ -z ${SSOX_REGION-} || ${(P)name-} != "$SSOX_REGION" ]]; then \builtin continue; fi
    if [[ -n ${(P)mine-} ]]; then \builtin typeset -gx "$name=${(P)mine}"; else \builtin unset -v "$name"; fi
  done
  for name in __NAMES__ ${(k)parameters[(I)(__PREFIXES__)*]}; do
    \builtin unset -v "$name"
  done
}

function _ssox {
  \builtin local expl curcontext=$curcontext command=${words[2]-} at=${words[(ie)--]}
  \builtin local -a found
  if ((CURRENT == 2)) || [[ $CURRENT == 3 && $command == help ]]; then
    found=(
      # @commands
    )
    _describe -t commands command found
    if [[ $PREFIX == -* ]]; then _wanted options expl option compadd -- --help --version; fi
    \builtin return
  fi
  curcontext=${curcontext%:*}-$command:
  # A program and its arguments behind `--`: whatever the shell would complete.
  if ((at < CURRENT)) && [[ ' __RUNNERS__ ' == *" $command "* ]]; then
    \builtin shift $at words
    ((CURRENT -= at))
    _normal
    \builtin return
  fi
  \builtin shift words
  ((CURRENT -= 1))
  case $command in
  # @specs
  *) _message 'no such command' ;;
  esac
}

function _sx {
  \builtin local expl
  \builtin local -a others
  # Not as words behind `_wanted`, to which a lone hyphen says where its own go.
  others=(- --off --help)
  if ((CURRENT == 2)); then
    _ssox_profiles
    _wanted options expl option compadd -a others
  elif [[ $CURRENT == 3 && $words[2] == -- ]]; then
    _ssox_profiles
  fi
}

function _ssox_profiles {
  \builtin local expl
  \builtin local -a found
  _ssox_sections profile
  _ssox_sections credentials
  _wanted profiles expl profile compadd "$@" -a found
}

function _ssox_sessions {
  \builtin local expl
  \builtin local -a found
  _ssox_sections sso-session
  _wanted sessions expl session compadd "$@" -a found
}

# Adds the sections of the config file of this kind to `found`; `credentials`: the profiles of the other file.
# Names that need more than one pair of quotes are left out.
function _ssox_sections {
  \builtin local REPLY header name
  if [[ $1 == credentials ]]; then _ssox_credentials; else _ssox_config; fi
  if [[ ! -f $REPLY || ! -r $REPLY ]]; then \builtin return 0; fi
  for header in ${(M)${(f)"$(<$REPLY)"}:#\[*\]([ $'\r']*|)}; do
    header=${header%$'\r'}
    if [[ $header == *[[:cntrl:]]* ]]; then \builtin continue; fi
    name=${${header#\[}%\]*}
    case $1:$name in
    profile:default) found+=(default) ;;
    credentials:DEFAULT | credentials:profile* | credentials:sso-session* | credentials:services*) ;;
    credentials:*) found+=("$name") ;;
    "$1:$1 "*)
      name=${name#"$1 "}
      while [[ $name == ' '* ]]; do name=${name# }; done
      while [[ $name == *' ' ]]; do name=${name% }; done
      case $name in
      '"'*'"')
        name=${${name#?}%?}
        if [[ $name == *['"\']* ]]; then \builtin continue; fi
        ;;
      "'"*"'")
        name=${${name#?}%?}
        if [[ $name == *"'"* ]]; then \builtin continue; fi
        ;;
      *[' "'\'\\]* | '') \builtin continue ;;
      esac
      found+=("$name")
      ;;
    esac
  done
}

function _ssox_accounts {
  \builtin local expl
  \builtin local -a found
  _ssox_names account
  _wanted accounts expl account compadd "$@" -a found
}

function _ssox_roles {
  \builtin local expl
  \builtin local -a found
  _ssox_names role
  _wanted roles expl role compadd "$@" -a found
}

# Adds accounts or roles, as last listed, to `found`; roles of --account and --session where they stand there.
function _ssox_names {
  \builtin local file line ids=' ' account session REPLY
  _ssox_given --account && account=$REPLY
  _ssox_given --session && session=$REPLY
  file=${XDG_CACHE_HOME-}
  if [[ $file != /* ]]; then file=${HOME-}/.cache; fi
  for file in $file/ssox/inventory/*.names; do
    if [[ ! -f $file || ! -r $file ]]; then \builtin continue; fi
    for line in ${(f)"$(<$file)"}; do
      case $1:$line in
      *:'session '*)
        if [[ -n $session && $line != "session $session" ]]; then \builtin break; fi
        ;;
      account:'account '*)
        line=${line#account }
        found+=("${line%% *}")
        if [[ $line == *' '* ]]; then found+=("${line#* }"); fi
        ;;
      role:'account '*)
        line=${line#account }
        if [[ -n $account && ($account == "${line%% *}" || $account == "${line#* }") ]]; then ids+="${line%% *} "; fi
        ;;
      role:'role '*)
        if [[ $ids == ' ' ]]; then found+=("${line#role }"); fi
        ;;
      *:'role-of '*)
        if [[ $ids == ' ' ]]; then \builtin break; fi
        line=${line#role-of }
        if [[ $ids == *" ${line%% *} "* ]]; then found+=("${line#* }"); fi
        ;;
      esac
    done
  done
}

# Sets REPLY to what a flag was given, nothing where it was not.
function _ssox_given {
  \builtin local i
  REPLY=''
  for ((i = 2; i <= $#words; i++)); do
    case ${(Q)words[i]} in
    "$1") REPLY=${(Q)words[i+1]-} ;;
    "$1="*) REPLY=${${(Q)words[i]}#*=} ;;
    esac
  done
}

# There is no `compdef` before `compinit`, which may stand further down in the start-up file.
function _ssox_register {
  \builtin emulate -L zsh
  precmd_functions=(${precmd_functions:#_ssox_register})
  if ((${+functions[compdef]})); then
    compdef _ssox ssox
    compdef _sx sx
  fi
}

if ((${+functions[compdef]})); then
  _ssox_register
else
  precmd_functions+=(_ssox_register)
fi
