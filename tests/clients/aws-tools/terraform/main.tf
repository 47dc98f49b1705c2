# A person who signs in, a team, a role for machines and the account's rules for passwords.
terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

# where it goes and as whom: AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID and their kin
provider "aws" {
  skip_metadata_api_check = true
}

data "aws_caller_identity" "me" {}

resource "aws_iam_account_password_policy" "rules" {
  minimum_password_length        = 14
  require_lowercase_characters   = true
  require_uppercase_characters   = true
  require_numbers                = true
  require_symbols                = true
  allow_users_to_change_password = true
  max_password_age               = 90
  password_reuse_prevention      = 5
}

resource "aws_iam_user" "bob" {
  name = "Bob"
  path = "/staff/"
  tags = {
    team = "blue"
  }
}

resource "aws_iam_user_login_profile" "bob" {
  user                    = aws_iam_user.bob.name
  password_length         = 20
  password_reset_required = true
  depends_on              = [aws_iam_account_password_policy.rules]
}

resource "aws_iam_access_key" "bob" {
  user = aws_iam_user.bob.name
}

resource "aws_iam_group" "blue" {
  name = "blue"
}

resource "aws_iam_group_membership" "blue" {
  name  = "blue"
  group = aws_iam_group.blue.name
  users = [aws_iam_user.bob.name]
}

data "aws_iam_policy_document" "machines" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "reading" {
  statement {
    actions   = ["iam:Get*", "iam:List*"]
    resources = ["*"]
  }
}

resource "aws_iam_policy" "reading" {
  name   = "reading"
  policy = data.aws_iam_policy_document.reading.json
}

resource "aws_iam_role" "machines" {
  name                 = "machines"
  max_session_duration = 7200
  assume_role_policy   = data.aws_iam_policy_document.machines.json
}

resource "aws_iam_role_policy_attachment" "machines" {
  role       = aws_iam_role.machines.name
  policy_arn = aws_iam_policy.reading.arn
}

resource "aws_iam_instance_profile" "machines" {
  name = "machines"
  role = aws_iam_role.machines.name
}

output "account" {
  value = data.aws_caller_identity.me.account_id
}

output "password" {
  value     = aws_iam_user_login_profile.bob.password
  sensitive = true
}
