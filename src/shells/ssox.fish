# No name is ever evaluated.

function sx --description 'Choose the AWS profile of this shell'
    set -l to profile
    set -l name ''
    set -l first "$argv[1]"
    switch (count $argv)" $first"
        case '0 '
            set name (command ssox pick)
            or return
        case '1 --help' '1 -h'
            builtin printf '%s\n' __USAGE__
            return 0
        case '1 --off'
            set to none
        case '1 -'
            if not set -q __sx_before
                builtin printf '%s\n' 'sx: there is no profile to go back to' >&2
                return 2
            end
            set name "$__sx_before"
            test -n "$name"
            or set to none
        case '2 --'
            set name "$argv[2]"
        case '1 *'
            set name "$first"
        case '*'
            builtin printf '%s\n' __USAGE__ >&2
            return 2
    end
    if test $to = profile
        __sx_knows "$name"
        or return
    end
    set -g __sx_before "$AWS_PROFILE"
    test -n "$__sx_before"
    or set -g __sx_before "$AWS_DEFAULT_PROFILE"
    if string match -q -- 'ssox-exec-*' "$__sx_before"; or test -z "$__sx_before"
        set -g __sx_before "$SSOX_PROFILE"
    end
    __sx_clear $to
    if test $to = none
        test -t 2
        and builtin printf '%s\n' 'sx: no profile' >&2
        return 0
    end
    set -gx AWS_PROFILE "$name"
    set -gx AWS_SDK_LOAD_CONFIG 1
    test -t 2
    and builtin printf 'sx: %s\n' (string escape -- "$name") >&2
    return 0
end

# Whether there is that profile. The plainest headers are found without ssox, which judges the rest, and tells.
function __sx_knows
    if string match -qr '^[A-Za-z0-9_./%@+-]+\z' -- "$argv[1]"; and not contains -- "$argv[1]" default DEFAULT
        set -l file (__ssox_config)
        test -f "$file"
        and string match -q -- "[profile $argv[1]]" <"$file" 2>/dev/null
        and return 0
        set file (__ssox_credentials)
        test -f "$file"
        and string match -q -- "[$argv[1]]" <"$file" 2>/dev/null
        and return 0
    end
    command ssox init --check-profile="$argv[1]"
end

# Takes away what would make the shell somebody else. In `ssox shell` the user's own config file and region come back.
function __sx_clear
    if test -n "$SSOX_AWS_CONFIG_FILE"
        if test -z "$AWS_CONFIG_FILE"; or __ssox_is_overlay "$AWS_CONFIG_FILE"
            set -gx AWS_CONFIG_FILE "$SSOX_AWS_CONFIG_FILE"
        end
    end
    for name in AWS_REGION AWS_DEFAULT_REGION
        set -l mine SSOX_$name
        if test -z "$SSOX_REGION"; or test "$$name" != "$SSOX_REGION"
            continue
        end
        if test -n "$$mine"
            set -gx $name "$$mine"
        else
            set -e $name
        end
    end
    for name in __NAMES__ (set --names | string match -r '^(?:__PREFIXES__).*')
        # A universal one is every shell's: it stays where one of this shell will hide it.
        if test "$argv[1] $name" = 'profile AWS_PROFILE'
            set -e -g AWS_PROFILE
            continue
        end
        # Perhaps in more than one scope.
        while set -q $name
            set -e $name
        end
    end
end

# The user's config file, which in `ssox exec` is not the one that AWS_CONFIG_FILE names.
function __ssox_config
    set -l file "$AWS_CONFIG_FILE"
    if test -n "$SSOX_AWS_CONFIG_FILE"
        if test -z "$file"; or __ssox_is_overlay "$file"
            set file "$SSOX_AWS_CONFIG_FILE"
        end
    end
    test -n "$file"
    or set file ~/.aws/config
    string replace -r '^~/' ~/ -- "$file"
end

function __ssox_credentials
    set -l file "$AWS_SHARED_CREDENTIALS_FILE"
    test -n "$file"
    or set file ~/.aws/credentials
    string replace -r '^~/' ~/ -- "$file"
end

function __ssox_is_overlay
    string match -q -- '*/ssox/exec-*.config' "$argv[1]"
    or string match -q -- '*/ssox/run/exec-*.config' "$argv[1]"
end

function __ssox_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l command "$words[2]"
    set -l flags
    set -l takes
    set -l runs no
    set -l profiles no
    if test (count $words) = 1; or test (count $words)" $command" = '2 help'
        builtin printf '%s\n' '--help'\t'show help' '--version'\t'show the version'
        # @commands
        return
    end
    switch $command
        # @flags
    end
    if contains -- -- $words[3..-1]
        # A program and its arguments: whatever the shell would complete.
        test $runs = yes
        and complete -C (commandline -cp | string replace -r '^.*?\s--\s+' '' | string collect)
        return
    end
    set -l flag (string replace -rf '^(--[^=]+)=.*' '$1' -- $current)
    set -l prefix ''
    if test -n "$flag"
        set prefix $flag=
    else if contains -- "$words[-1]" $takes
        set flag $words[-1]
    end
    switch "$command $flag"
        # @values
        case '* --profile'
            builtin printf '%s\n' $prefix(__ssox_profiles)
        case '* --account'
            builtin printf '%s\n' $prefix(__ssox_accounts)
        case '* --role'
            builtin printf '%s\n' $prefix(__ssox_roles $words)
        case '* --session'
            builtin printf '%s\n' $prefix(__ssox_sections sso-session)
        case '* '
            builtin printf '%s\n' $flags
            test $profiles = yes
            and __ssox_profiles
    end
end

function __ssox_complete_sx
    set -l words (commandline -opc)
    switch (count $words)" $words[2]"
        case '1*'
            builtin printf '%s\n' -\t'the profile before' '--off'\t'no profile' '--help'\t'show help'
            __ssox_profiles
        case '2 --'
            __ssox_profiles
    end
end

function __ssox_profiles
    __ssox_sections profile
    set -l file (__ssox_credentials)
    test -f "$file"; and test -r "$file"
    and string replace -rf '^\[(?!(?:DEFAULT\]|profile|sso-session|services))([^[:cntrl:]]+)\](?:[ \r].*)?$' '$1' <"$file"
end

# The names of the config file's sections of this kind, but for those that need more than one pair of quotes.
function __ssox_sections
    set -l file (__ssox_config)
    test -f "$file"; and test -r "$file"
    or return
    test $argv[1] = profile
    and string match -qr '^\[default\](?:[ \r].*)?$' <"$file"
    and builtin printf '%s\n' default
    string replace -rf '^\['$argv[1]' +(?|"([^"\\\\[:cntrl:]]+)"|\'([^\'[:cntrl:]]+)\'|([^ "\'\\\\[:cntrl:]]+)) *\](?:[ \r].*)?$' '$1' <"$file"
end

function __ssox_accounts
    for file in (__ssox_names)
        string replace -rf '^account (\d+).*' '$1' <$file
        string replace -rf '^account \d+ (.*)' '$1' <$file
    end
end

function __ssox_roles
    set -l account (__ssox_given --account $argv)
    for file in (__ssox_names)
        set -l ids
        if test -n "$account"
            set ids (string match -r '^account .*' <$file | string replace 'account ' '' | string match -r '^(?:'(string escape --style=regex -- $account)'(?: .*)?|\d+ '(string escape --style=regex -- $account)')$' | string replace -r ' .*' '')
        end
        if test -z "$ids"
            string replace -rf '^role (.*)' '$1' <$file
        else
            string replace -rf '^role-of (?:'(string join '|' $ids)') (.*)' '$1' <$file
        end
    end
end

# Where accounts and roles lie, as last listed; those of --session where that stands there.
function __ssox_names
    set -l folder "$XDG_CACHE_HOME"
    string match -q '/*' -- "$folder"
    or set folder ~/.cache
    set -l session (__ssox_given --session (commandline -opc))
    for file in $folder/ssox/inventory/*.names
        test -r $file
        or continue
        test -z "$session"
        or string match -q -- "session $session" <$file
        and builtin printf '%s\n' $file
    end
end

# What a flag was given in the words behind it.
function __ssox_given
    set -l value
    set -l previous
    for word in $argv[2..-1]
        test "$previous" = $argv[1]
        and set value $word
        string match -q -- $argv[1]'=*' $word
        and set value (string replace -r '^[^=]*=' '' -- $word)
        set previous $word
    end
    builtin printf '%s\n' $value
end

complete -c ssox -f -a '(__ssox_complete)'
complete -c sx -f -a '(__ssox_complete_sx)'
