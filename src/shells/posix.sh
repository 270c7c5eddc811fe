# Of bash and zsh alike: where profiles stand.

# Whether there is that profile. The plainest headers are found without ssox, which judges the rest, and tells.
function _sx_knows {
  \builtin local REPLY
  case $1 in
  '' | default | DEFAULT | *[!A-Za-z0-9_./%@+-]*) ;;
  *)
    _ssox_config
    if [[ -f $REPLY ]] && \command grep -qxFe "[profile $1]" -- "$REPLY" 2>/dev/null; then \builtin return 0; fi
    _ssox_credentials
    if [[ -f $REPLY ]] && \command grep -qxFe "[$1]" -- "$REPLY" 2>/dev/null; then \builtin return 0; fi
    ;;
  esac
  \command ssox init --check-profile="$1"
}

# Sets REPLY to the user's config file, which in `ssox exec` is not the one that AWS_CONFIG_FILE names.
function _ssox_config {
  REPLY=${AWS_CONFIG_FILE-}
  case $REPLY in
  '' | */ssox/exec-*.config | */ssox/run/exec-*.config) REPLY=${SSOX_AWS_CONFIG_FILE:-$REPLY} ;;
  esac
  if [[ -z $REPLY ]]; then REPLY=${HOME-}/.aws/config; fi
  if [[ $REPLY == '~/'* ]]; then REPLY=${HOME-}/${REPLY#??}; fi
}

function _ssox_credentials {
  REPLY=${AWS_SHARED_CREDENTIALS_FILE:-${HOME-}/.aws/credentials}
  if [[ $REPLY == '~/'* ]]; then REPLY=${HOME-}/${REPLY#??}; fi
}
