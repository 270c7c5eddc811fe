// The STS caller identity by the SDK's default chain, as lines of JSON.
//
// identity | profile NAME… | again SECONDS EVERY
// source: the keys themselves, for tests that ask whose they are
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

func main() {
	words := os.Args[1:]
	var err error
	switch {
	case len(words) == 1 && words[0] == "identity":
		err = again(0, 0)
	case len(words) > 1 && words[0] == "profile":
		for _, name := range words[1:] {
			if err == nil {
				err = again(0, 0, config.WithSharedConfigProfile(name))
			}
		}
	case len(words) == 3 && words[0] == "again":
		err = again(seconds(words[1]), seconds(words[2]))
	case len(words) == 1 && words[0] == "source":
		err = source()
	default:
		panic("identity | profile NAME… | again SECONDS EVERY")
	}
	if err != nil {
		tell("error", err.Error())
		os.Exit(1)
	}
}

func source() error {
	loaded, err := config.LoadDefaultConfig(context.Background())
	if err != nil {
		return err
	}
	found, err := loaded.Credentials.Retrieve(context.Background())
	if err != nil {
		return err
	}
	line, _ := json.Marshal(map[string]string{
		"key": found.AccessKeyID, "secret": found.SecretAccessKey, "token": found.SessionToken,
	})
	fmt.Println(string(line))
	return nil
}

// One client, and its one credentials cache, for all calls.
func again(length, every time.Duration, options ...func(*config.LoadOptions) error) error {
	loaded, err := config.LoadDefaultConfig(context.Background(), options...)
	if err != nil {
		return err
	}
	client := sts.NewFromConfig(loaded)
	for end := time.Now().Add(length); ; time.Sleep(every) {
		identity, err := client.GetCallerIdentity(context.Background(), &sts.GetCallerIdentityInput{})
		if err != nil {
			return err
		}
		tell("arn", aws.ToString(identity.Arn))
		if !time.Now().Before(end) {
			return nil
		}
	}
}

func tell(name, value string) {
	line, _ := json.Marshal(map[string]string{name: value})
	fmt.Println(string(line))
}

func seconds(text string) time.Duration {
	number, err := strconv.Atoi(text)
	if err != nil {
		panic(err)
	}
	return time.Duration(number) * time.Second
}
