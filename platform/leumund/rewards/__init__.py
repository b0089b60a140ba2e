"""What a referral is worth: rules, holding, granting, releasing and taking back."""
